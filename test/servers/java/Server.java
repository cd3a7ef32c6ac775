// mongo-java-server as a program: `java -cp 'DIR/*' Server.java KEYSTORE.p12 PASSWORD`. One without TLS and one with it listen on
// free ports of the loopback; it says "ports PLAIN TLS", and ends when its standard input does.
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;

public class Server {
    public static void main(String[] arguments) throws Exception {
        MongoServer plain = new MongoServer(new MemoryBackend()), secure = new MongoServer(new MemoryBackend());
        useTls(secure, arguments[0], arguments[1].toCharArray());
        plain.bind("127.0.0.1", 0);
        secure.bind("127.0.0.1", 0);
        System.out.println("ports " + plain.getLocalAddress().getPort() + " " + secure.getLocalAddress().getPort());
        while (System.in.read() >= 0) continue;
        plain.shutdownNow();
        secure.shutdownNow();
        System.exit(0);
    }

    private static void useTls(MongoServer server, String path, char[] password) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(path)) {
            keys.load(in, password);
        }
        String alias = keys.aliases().nextElement();
        X509Certificate[] chain = Arrays.stream(keys.getCertificateChain(alias)).toArray(X509Certificate[]::new);
        server.enableSsl((PrivateKey) keys.getKey(alias, password), null, chain);
    }
}
