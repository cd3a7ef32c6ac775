// A connection to the server behind, one for each client's connection. A client that goes, or whose member is killed,
// does not take it along: what was sent is done all the same, and its reply is what a retry of it gets.
import net from 'node:net';
import { flags, readFrames } from '../node/message.mjs';

export class Back {
  #socket = null;
  #waiting = new Map();
  #closing = false;
  constructor(address, onLost) {
    this.address = address;
    this.onLost = onLost;
  }

  #connect() {
    const [host, port] = this.address.split(':');
    this.#socket = net.connect(+port, host);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#lost());
    readFrames(this.#socket, (frame) => {
      const to = frame.readInt32LE(8);
      const resolve = this.#waiting.get(to);
      this.#waiting.delete(to);
      resolve?.(frame);
      if (this.#closing && !this.#waiting.size) this.#socket.destroy();
    });
  }

  #lost() {
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
    this.onLost();
  }

  // The reply as a frame; null if there is none: nobody answers such a request, or the server closed the connection.
  forward(request) {
    if (!this.#socket) this.#connect();
    const frame = Buffer.from(request);
    const given = frame.readUInt32LE(16);
    frame.writeUInt32LE(given & flags.moreToCome, 16); // neither checksums nor streams here
    const checked = given & flags.checksum ? frame.subarray(0, -4) : frame;
    checked.writeInt32LE(checked.length, 0);
    this.#socket.write(checked);
    if (given & flags.moreToCome) return Promise.resolve(null);
    return new Promise((resolve) => this.#waiting.set(frame.readInt32LE(4), resolve));
  }

  close() {
    this.#closing = true;
    if (!this.#waiting.size) this.#socket?.destroy();
  }
}
