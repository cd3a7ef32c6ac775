// One member: a listening port that can be closed and opened again, its connections, and what its hello tells of it.
import fs from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { ObjectId } from 'bson';
import { FailPoint } from '../node/fail_point.mjs';
import { Conversation } from './conversation.mjs';

export class Member {
  up = false;
  port = 0;
  process = null; // a new one with each start
  counter = 0; // of the states of this process
  tags = {};
  lagSeconds = 0;
  slowMs = 0; // before each reply
  silent = false; // it listens and never answers
  commands = {}; // how many of each
  failPoint = new FailPoint();
  sockets = new Set();
  #waiting = new Set();
  #counted = [];
  #server = null;

  // `set` is null for a server on its own.
  constructor(front, set, index) {
    this.front = front;
    this.set = set;
    this.index = index;
  }

  get address() {
    return '127.0.0.1:' + this.port;
  }
  get isPrimary() {
    return !this.set || this.set.primary === this;
  }

  #listener() {
    const serve = (socket) => new Conversation(this, socket);
    const { tls: file, ca, clientCert } = this.front.options;
    if (!file || !this.set) return net.createServer(serve);
    const [cert, key] = [fs.readFileSync(file), fs.readFileSync(file)];
    const clients = { requestCert: !!clientCert, rejectUnauthorized: !!clientCert };
    const listener = tls.createServer({ cert, key, ...(ca && { ca: fs.readFileSync(ca) }), ...clients }, serve);
    return listener.on('tlsClientError', () => {});
  }

  // Always on the port it had first; that may take a moment to be free again.
  start() {
    if (this.up) return Promise.resolve();
    this.up = true;
    this.process = new ObjectId();
    this.counter = 0;
    return new Promise((resolve) => {
      this.#server = this.#listener();
      this.#server.on('error', () => setTimeout(() => this.#server.listen(this.port, '127.0.0.1'), 20));
      this.#server.on('listening', () => {
        this.port = this.#server.address().port;
        resolve();
      });
      this.#server.listen(this.port, '127.0.0.1');
    });
  }

  // As a process that is killed: all its connections break.
  stop() {
    if (!this.up) return;
    this.up = false;
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    this.set?.lost(this);
  }

  // Whoever waits for news of its state hears of them.
  changed() {
    this.counter++;
    for (const wake of [...this.#waiting]) wake();
  }

  untilChanged(milliseconds) {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting.add(wake);
    });
  }

  count(name) {
    this.commands[name] = (this.commands[name] ?? 0) + 1;
    this.#counted = this.#counted.filter((one) => !one.done());
  }

  untilCounted(name, count) {
    return new Promise((resolve) => {
      const done = () => (this.commands[name] ?? 0) >= count && (resolve(), true);
      if (!done()) this.#counted.push({ done });
    });
  }

  async reset() {
    await this.start();
    Object.assign(this, { tags: {}, lagSeconds: 0, slowMs: 0, silent: false, commands: {} });
    this.failPoint.configure({ mode: 'off' });
    this.changed();
  }
}
