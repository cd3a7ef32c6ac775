// SCRAM-SHA-256, the server's side (RFC 5802, RFC 7677), for one user.
// Each connection has an Exchange; whoever has proved his password is its user.
import crypto from 'node:crypto';
import { Binary } from 'bson';

const hash = (bytes) => crypto.createHash('sha256').update(bytes).digest();
const mac = (key, bytes) => crypto.createHmac('sha256', key).update(bytes).digest();
const xor = (a, b) => Buffer.from(a.map((byte, i) => byte ^ b[i]));
const payload = (text) => new Binary(Buffer.from(text));
const refused = { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' };

export class Credentials {
  constructor(user, password, iterations = 15000) {
    this.user = user;
    this.iterations = iterations;
    this.salt = crypto.randomBytes(28);
    const salted = crypto.pbkdf2Sync(password.normalize('NFKC'), this.salt, iterations, 32, 'sha256');
    this.storedKey = hash(mac(salted, 'Client Key'));
    this.serverKey = mac(salted, 'Server Key');
  }
}

export class Exchange {
  user = null;
  #state = null;
  constructor(credentials) {
    this.credentials = credentials;
  }

  start(command) {
    if (command.mechanism !== 'SCRAM-SHA-256')
      return { ok: 0, code: 334, codeName: 'MechanismUnavailable', errmsg: 'mechanism not enabled' };
    const clientFirst = Buffer.from(command.payload.buffer).toString().replace(/^n,[^,]*,/, '');
    const fields = Object.fromEntries(clientFirst.split(',').map((field) => [field[0], field.slice(2)]));
    if (fields.n.replace(/=2C/g, ',').replace(/=3D/g, '=') !== this.credentials.user) return refused;
    const nonce = fields.r + crypto.randomBytes(18).toString('base64');
    const { salt, iterations } = this.credentials;
    const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=${iterations}`;
    this.#state = { clientFirst, nonce, serverFirst, short: command.options?.skipEmptyExchange };
    return { conversationId: 1, done: false, payload: payload(serverFirst), ok: 1 };
  }

  continue(command) {
    const state = this.#state;
    if (!state) return refused;
    if (state.proved) return this.#done('');
    this.#state = null;
    const clientFinal = Buffer.from(command.payload.buffer).toString();
    const at = clientFinal.lastIndexOf(',p=');
    const proof = Buffer.from(clientFinal.slice(at + 3), 'base64');
    const exchange = `${state.clientFirst},${state.serverFirst},${clientFinal.slice(0, at)}`;
    const right =
      proof.length === 32 &&
      clientFinal.slice(0, at).includes(`r=${state.nonce}`) &&
      hash(xor(proof, mac(this.credentials.storedKey, exchange))).equals(this.credentials.storedKey);
    if (!right) return refused;
    const signature = 'v=' + mac(this.credentials.serverKey, exchange).toString('base64');
    if (state.short) return this.#done(signature);
    this.#state = { proved: true };
    return { conversationId: 1, done: false, payload: payload(signature), ok: 1 };
  }

  #done(text) {
    this.user = this.credentials.user;
    return { conversationId: 1, done: true, payload: payload(text), ok: 1 };
  }
}
