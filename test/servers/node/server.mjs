// Connections: frames come in, one after the other is answered. A getMore that allows it is answered in a stream.
import net from 'node:net';
import { Timestamp } from 'bson';
import { run } from './commands.mjs';
import { replyOf } from './errors.mjs';
import { flags, makeReply, readFrames, readMessage } from './message.mjs';

let replies = 0;

// What a member of a set says with every reply.
function operationTime() {
  return new Timestamp({ t: Math.floor(Date.now() / 1000), i: ++replies });
}

class Connection {
  // `alone`: no front speaks for it as a member.
  constructor(socket, self, alone) {
    this.alone = alone;
    this.socket = socket;
    this.self = self;
    this.application = undefined;
    let last = Promise.resolve();
    socket.setNoDelay(true);
    socket.on('error', () => {});
    readFrames(socket, (frame) => {
      last = last.then(() => this.answer(frame)).catch((error) => this.lost(error));
    });
  }

  lost(error) {
    console.error(error);
    this.socket.destroy();
  }

  async reply(command) {
    try {
      return await run(command, this.application, this.self);
    } catch (error) {
      if (process.env.DBG && !error.reply && !error.duplicate) console.error(Object.keys(command)[0], error.stack);
      return replyOf(error);
    }
  }

  async answer(frame) {
    const message = readMessage(frame);
    if (!message) return this.socket.destroy();
    const { id, command, query } = message;
    this.application ??= command.client?.application?.name;
    const streams = message.flags & flags.exhaustAllowed && command.getMore !== undefined;
    for (let to = id, more = true; more; to = 1) {
      const reply = await this.reply(command);
      if (!reply) return this.socket.destroy();
      if (this.alone) reply.operationTime ??= operationTime();
      if (message.flags & flags.moreToCome) return;
      more = streams && reply.cursor && !reply.cursor.id.isZero();
      this.socket.write(makeReply(reply, { to, query, flags: more ? flags.moreToCome : 0 }));
    }
  }
}

// Resolves with the port.
export function listen(port = 0, { alone = false } = {}) {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => new Connection(socket, '127.0.0.1:' + server.address().port, alone));
    server.listen(port, '127.0.0.1', () => resolve(server.address().port));
  });
}
