// One client's connection to a member: what the front answers itself, and what it hands to the server behind.
import { replyOf } from '../node/errors.mjs';
import { amendedReply, flags, makeReply, readFrames, readMessage } from '../node/message.mjs';
import { Back } from './back.mjs';
import { crc32c } from './checksum.mjs';
import { commands as control } from './control.mjs';
import { describe, knows, topologyVersion } from './hello.mjs';
import { log } from './log.mjs';
import { isStateChange, refusal, writes } from './roles.mjs';
import { Exchange } from './scram.mjs';

const greetings = new Set(['hello', 'isMaster', 'ismaster']);
const allowedBeforeLogin = new Set([...greetings, 'saslStart', 'saslContinue', 'ping', 'buildInfo', 'endSessions']);
const unauthorized = (name) => ({
  ok: 0,
  code: 13,
  codeName: 'Unauthorized',
  errmsg: `command ${name} requires authentication`,
});

export class Conversation {
  #lastId = 0;
  #application = undefined;

  constructor(member, socket) {
    this.member = member;
    this.front = member.front;
    this.socket = socket;
    this.login = this.front.credentials && member.set ? new Exchange(this.front.credentials) : null;
    this.back = new Back(this.front.back, () => socket.destroy());
    member.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      member.sockets.delete(socket);
      this.back.close();
    });
    readFrames(socket, (frame) => this.#receive(frame).catch((error) => this.#lost(error)));
  }

  #lost(error) {
    console.error(error);
    this.socket.destroy();
  }

  async #receive(frame) {
    const message = readMessage(frame, false);
    if (!message || !this.#intact(frame, message)) return this.socket.destroy();
    if (message.flags & 0xfffc)
      return this.#say(message, { ok: 0, code: 70, codeName: 'IllegalOpMsgFlag', errmsg: 'unknown required flag' });
    const name = Object.keys(message.command)[0];
    this.member.count(name);
    if (this.member.silent) return;
    this.#application ??= message.command.client?.application?.name;
    let met;
    try {
      met = await this.member.failPoint.meet(message.command, this.#application);
    } catch (error) {
      const state = isStateChange(error) && this.member.set && { topologyVersion: topologyVersion(this.member) };
      return this.#say(message, { ...replyOf(error), ...state });
    }
    if (met?.close) return this.socket.destroy();
    if (met?.reply) return this.#say(message, met.reply);
    if (greetings.has(name)) return this.#greet(message);
    if (message.query) return this.socket.destroy();
    log(this.front, this.member, message.command, name);
    return this.#answer(frame, message, name, met);
  }

  #intact(frame, message) {
    return !(message.flags & flags.checksum) || crc32c(frame.subarray(0, -4)) === frame.readUInt32LE(frame.length - 4);
  }

  // Resolves when the bytes are out. `to`: of a stream, the message before.
  #say(message, document, { to = message.id, replyFlags = 0 } = {}) {
    const reply = { ok: 1, ...document, ...this.member.set?.gossip };
    return this.#send(makeReply(reply, { id: ++this.#lastId, to, query: message.query, flags: replyFlags }));
  }

  async #send(frame) {
    const { slowMs, silent } = this.member;
    if (silent) return;
    if (slowMs) await new Promise((resolve) => setTimeout(resolve, slowMs));
    return new Promise((resolve) => this.socket.write(frame, resolve));
  }

  async #greet(message) {
    const { member } = this;
    const { command } = message;
    if (knows(member, command)) await member.untilChanged(Number(command.maxAwaitTimeMS));
    const reply = describe(member);
    if (this.login && command.saslSupportedMechs) reply.saslSupportedMechs = ['SCRAM-SHA-256'];
    if (this.login && command.speculativeAuthenticate) {
      const begun = this.login.start(command.speculativeAuthenticate);
      if (begun.ok) reply.speculativeAuthenticate = begun;
    }
    if (!(message.flags & flags.exhaustAllowed) || !command.topologyVersion) return this.#say(message, reply);
    member.set.statistics.streams++;
    for (let to = message.id; !this.socket.destroyed; to = this.#lastId) {
      this.#say(message, describe(member), { to, replyFlags: flags.moreToCome });
      await member.untilChanged(Number(command.maxAwaitTimeMS));
      if (!this.socket.destroyed) member.count('stream');
      if ((await member.failPoint.meet(command, this.#application))?.close) this.socket.destroy();
    }
  }

  async #answer(frame, message, name, met) {
    const { command } = message;
    const { member, front, login } = this;
    if (login && name === 'saslStart') return this.#say(message, login.start(command));
    if (login && name === 'saslContinue') return this.#say(message, login.continue(command));
    if (login && !login.user && !allowedBeforeLogin.has(name)) return this.#say(message, unauthorized(name));
    if (name === 'configureFailPoint') return this.#say(message, member.failPoint.configure(command));
    if (control[name]) {
      const { after, ...reply } = await control[name]({ command, member, front });
      await this.#say(message, reply);
      return after?.();
    }
    const refused = refusal(member, command, name) ?? (await front.retries.lostTransaction(command, name));
    if (!refused) return this.#forward(frame, message, name, met);
    front.set.statistics.refused++;
    if (!(message.flags & flags.moreToCome)) await this.#say(message, refused);
  }

  async #forward(frame, message, name, met) {
    const { retries, set } = this.front;
    const answer = retries.write(message.command, name, () => this.back.forward(frame));
    retries.committing(message.command, name, answer);
    const reply = await answer;
    if (!reply) return;
    if (met?.keep) return;
    if (met?.lose) return this.socket.destroy();
    if (writes.has(name)) set.tick();
    const more = { ...met?.more, ...this.member.set?.gossip };
    return this.#send(amendedReply(reply, more, { id: ++this.#lastId, to: message.id }));
  }
}
