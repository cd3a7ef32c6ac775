// Messages as bytes: whole frames out of a stream, a command out of a frame, a reply into one.
// OP_MSG, and of the older OP_QUERY what drivers greet with.
import { keepBytes, keepInserted, replyBytes } from './raw.mjs';
import { fromBytes, toBytes } from './values.mjs';

const [opReply, opQuery, opMsg] = [1, 2004, 2013];
const largestMessage = 48000000;
export const flags = { checksum: 1, moreToCome: 2, exhaustAllowed: 65536 };

// Calls `receive` with each whole message; one of an impossible length ends the connection.
export function readFrames(socket, receive) {
  let parts = [];
  let have = 0;
  let need = 4;
  socket.on('data', (data) => {
    parts.push(data);
    have += data.length;
    if (have < need) return;
    let bytes = parts.length > 1 ? Buffer.concat(parts) : parts[0];
    need = 4;
    while (bytes.length >= 4) {
      const length = bytes.readInt32LE(0);
      if (length < 16 || length > largestMessage) return socket.destroy();
      if (bytes.length < length) {
        need = length;
        break;
      }
      receive(bytes.subarray(0, length));
      bytes = bytes.subarray(length);
    }
    parts = bytes.length ? [bytes] : [];
    have = bytes.length;
  });
}

function readQuery(frame) {
  let end = 20;
  while (frame[end]) end++;
  const document = fromBytes(frame.subarray(end + 9));
  const command = document.$query || document;
  command.$db ??= frame.toString('latin1', 20, end).split('.')[0];
  return command;
}

function readSequence(frame, at, end) {
  const nameEnd = frame.indexOf(0, at);
  const documents = [];
  for (let next = nameEnd + 1; next < end; next += frame.readInt32LE(next)) {
    const bytes = frame.subarray(next, next + frame.readInt32LE(next));
    documents.push(keepBytes(fromBytes(bytes), bytes));
  }
  return [frame.toString('utf8', at, nameEnd), documents];
}

function readSections(frame, messageFlags, withSequences) {
  let command = {};
  const sequences = [];
  const end = frame.length - (messageFlags & flags.checksum ? 4 : 0);
  for (let at = 20; at < end; ) {
    const kind = frame[at++];
    const length = frame.readInt32LE(at);
    if (kind === 0) {
      command = fromBytes(frame.subarray(at, at + length));
      keepInserted(command, frame.subarray(at, at + length));
    } else if (withSequences) sequences.push(readSequence(frame, at + 4, at + length));
    at += length;
  }
  return Object.assign(command, Object.fromEntries(sequences));
}

// {id, flags, query, command}, or null for what is neither; `query`: it is to be answered in the old way.
export function readMessage(frame, withSequences = true) {
  const [id, kind] = [frame.readInt32LE(4), frame.readInt32LE(12)];
  if (kind === opQuery) return { id, flags: 0, query: true, command: readQuery(frame) };
  if (kind !== opMsg) return null;
  const messageFlags = frame.readUInt32LE(16);
  return { id, flags: messageFlags, query: false, command: readSections(frame, messageFlags, withSequences) };
}

export function makeReply(document, { id = 1, to, query = false, flags: replyFlags = 0 }) {
  const body = replyBytes(document) ?? toBytes(document);
  const head = Buffer.alloc(query ? 36 : 21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(id, 4);
  head.writeInt32LE(to, 8);
  head.writeInt32LE(query ? opReply : opMsg, 12);
  if (query) head.writeInt32LE(1, 32);
  else head.writeUInt32LE(replyFlags, 16);
  return Buffer.concat([head, body]);
}

// Of an OP_MSG.
export const replyIn = (frame) => fromBytes(frame.subarray(21));

// The same reply for another request, with `more` fields at its end; what it holds keeps its types.
export function amendedReply(frame, more, { id, to }) {
  const out = Buffer.concat([frame.subarray(0, -1), toBytes(more).subarray(4)]);
  out.writeInt32LE(out.length, 0);
  out.writeInt32LE(id, 4);
  out.writeInt32LE(to, 8);
  out.writeInt32LE(out.length - 21, 21);
  return out;
}
