// See fake_server.hpp.
// A connection whose second message is another hello is a monitor's: it is answered for ever and never given to the script.
// SIGPIPE is blocked on the server's own threads only: the driver's must do without.
#include "mongodb/fake_server.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "support/bson.hpp"

namespace kinship::test {
namespace {

bson::Document hello_reply(const bson::Document& more) {
  const bson::Document usual =
      doc("ismaster", true, "helloOk", true, "maxBsonObjectSize", 16'777'216, "maxMessageSizeBytes", 48'000'000,
          "maxWriteBatchSize", 100'000, "minWireVersion", 0, "maxWireVersion", 21, "readOnly", false, "ok", 1.0);
  bson::Builder out;
  for (const bson::DocumentView part : {bson::DocumentView(usual), bson::DocumentView(more)})
    for (const auto& field : part) out.append(field.name, field.value);
  return out.finish();
}

bool is_hello(const Bytes& message) {
  const std::string name = name_of(message);
  return name == "hello" || name == "isMaster";
}

// As the request came: an OP_REPLY to an OP_QUERY.
Bytes greeting(const Bytes& request, const FakeOptions& options) {
  const bson::Document more = options.more_in_hello ? options.more_in_hello(command_of(request)) : bson::Document();
  const bson::Document body = hello_reply(more);
  if (mongodb::read_header(request.data()).opcode == mongodb::op_msg) return reply_to(id_of(request), body);
  Bytes legacy(mongodb::header_size + 20);
  legacy[mongodb::header_size + 16] = 1;
  legacy.insert(legacy.end(), body.bytes().begin(), body.bytes().end());
  const std::int32_t fields[] = {static_cast<std::int32_t>(legacy.size()), 1, id_of(request), mongodb::op_reply};
  std::memcpy(legacy.data(), fields, sizeof fields);
  return legacy;
}

SSL_CTX* make_tls(const FakeOptions& options) {
  SSL_CTX* const tls = ::SSL_CTX_new(::TLS_server_method());
  const char* file = options.certificate.c_str();
  if (options.tls_version != 0) {
    ::SSL_CTX_set_min_proto_version(tls, options.tls_version);
    ::SSL_CTX_set_max_proto_version(tls, options.tls_version);
    ::SSL_CTX_set_cipher_list(tls, "DEFAULT@SECLEVEL=0");  // lets it speak versions that are too old
  }
  if (::SSL_CTX_use_certificate_chain_file(tls, file) != 1 ||
      ::SSL_CTX_use_PrivateKey_file(tls, file, SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error("the fake server has no certificate: " + options.certificate);
  if (options.chokes_on_sessions) ::SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, nullptr);
  return tls;
}

}  // namespace

Bytes reply_to(std::int32_t request, const bson::Document& body) {
  Bytes bytes = mongodb::make_message(0, body, bson::Document());
  std::memcpy(bytes.data() + 8, &request, 4);
  return bytes;
}

bson::Document cursor_of(int id) {
  return doc("cursor", doc("firstBatch", array(doc("_id", id)), "id", std::int64_t{0}, "ns", "test.c"), "ok", 1.0);
}

std::int32_t id_of(const Bytes& message) { return mongodb::read_header(message.data()).request_id; }

bson::DocumentView command_of(const Bytes& message) { return mongodb::parse_message(message.data(), message.size()).body; }

std::string name_of(const Bytes& message) {
  const auto body = command_of(message);
  return body.empty() ? "" : std::string(body.begin()->name);
}

long Peer::read_some(std::uint8_t* at, std::size_t most) {
  return tls_ != nullptr ? ::SSL_read(tls_, at, static_cast<int>(most)) : ::recv(socket_, at, most, 0);
}

bool Peer::read_whole(std::uint8_t* at, std::size_t size) {
  while (size > 0) {
    const auto count = read_some(at, size);
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

Bytes Peer::read_message() {
  Bytes bytes(mongodb::header_size);
  if (!read_whole(bytes.data(), bytes.size())) return {};
  bytes.resize(static_cast<std::size_t>(mongodb::read_header(bytes.data()).length));
  if (!read_whole(bytes.data() + mongodb::header_size, bytes.size() - mongodb::header_size)) return {};
  return bytes;
}

Bytes Peer::receive() {
  look();
  return std::exchange(next_, {});
}

const Bytes& Peer::look() {
  if (next_.empty()) next_ = read_message();
  return next_;
}

bool Peer::send(const Bytes& bytes, std::size_t piece) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t most = std::min(piece, bytes.size() - at);
    const auto count = tls_ != nullptr ? ::SSL_write(tls_, bytes.data() + at, static_cast<int>(most))
                                       : ::send(socket_, bytes.data() + at, most, 0);
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

void Peer::close() {
  if (tls_ != nullptr) ::SSL_shutdown(tls_);
  ::shutdown(socket_, SHUT_RDWR);
}

bool Peer::answer(const bson::Document& reply, std::size_t piece) {
  const Bytes request = receive();
  return !request.empty() && send(reply_to(id_of(request), reply), piece);
}

FakeServer::FakeServer(Script script, bool greets) : FakeServer(std::move(script), FakeOptions{.greets = greets}) {}

FakeServer::FakeServer(Script script, FakeOptions options) : script_(std::move(script)), options_(std::move(options)) {
  if (!options_.certificate.empty()) tls_ = make_tls(options_);
  clients_.emplace([this](int socket) { serve(socket); }, options_.ipv6);
}

FakeServer::~FakeServer() {
  clients_.reset();
  ::SSL_CTX_free(tls_);
}

int FakeServer::port() const { return clients_->port(); }

std::string FakeServer::uri(const std::string& options, const std::string& credential) const {
  return "mongodb://" + credential + (credential.empty() ? "" : "@") + (options_.ipv6 ? "[::1]:" : "127.0.0.1:") +
         std::to_string(port()) + "/test?" + options;
}

void FakeServer::serve(int socket) {
  sigset_t pipe;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  SSL* const tls = tls_ != nullptr ? ::SSL_new(tls_) : nullptr;
  Peer peer(socket, tls);
  if (tls == nullptr) return serve(peer);
  if (::SSL_set_fd(tls, socket) == 1 && ::SSL_accept(tls) == 1) {
    ++(::SSL_session_reused(tls) == 1 ? resumed_ : whole_);
    serve(peer);
  } else {
    ++failed_;
  }
  ::SSL_free(tls);
  ::shutdown(socket, SHUT_RDWR);
}

void FakeServer::serve(Peer& peer) {
  if (!options_.greets) return script_(peer, connections_++);
  const Bytes hello = peer.receive();
  if (hello.empty() || !peer.send(greeting(hello, options_))) return;
  if (peer.look().empty()) return;
  if (is_hello(peer.look())) {
    for (Bytes again = peer.receive(); !again.empty() && peer.send(greeting(again, options_)); again = peer.receive()) {
    }
    return;
  }
  script_(peer, connections_++);
  peer.close();
}

}  // namespace kinship::test
