// The bytes a document came in, so that it goes out with the very types it had: decoded, an int64 is a number like any other.
// Lost with the first update of a document; what is computed never has any.
import { BSON } from 'bson';

const bytesOf = new WeakMap();
const fixedSize = { 1: 8, 6: 0, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8, 19: 16, 127: 0, 255: 0 };

export function keepBytes(document, bytes) {
  bytesOf.set(document, Buffer.from(bytes));
  return document;
}

function endOfName(bytes, at) {
  return bytes.indexOf(0, at) + 1;
}

function endOfValue(bytes, type, at) {
  if (type in fixedSize) return at + fixedSize[type];
  if (type === 11) return endOfName(bytes, endOfName(bytes, at));
  const length = bytes.readInt32LE(at);
  if (type === 3 || type === 4 || type === 15) return at + length;
  return at + 4 + length + { 2: 0, 5: 1, 12: 12, 13: 0, 14: 0 }[type];
}

// [type, name, value] of each element of a document or array.
function* elementsOf(bytes) {
  for (let at = 4; bytes[at]; ) {
    const type = bytes[at];
    const start = endOfName(bytes, at + 1);
    const end = endOfValue(bytes, type, start);
    yield [type, bytes.toString('utf8', at + 1, start - 1), bytes.subarray(start, end)];
    at = end;
  }
}

// The documents of an insert that has them in its body.
export function keepInserted(command, bytes) {
  if (!Array.isArray(command.documents)) return;
  for (const [, name, array] of elementsOf(bytes))
    if (name === 'documents')
      for (const [, index, document] of elementsOf(array)) keepBytes(command.documents[index], document);
}

function assemble(parts) {
  const length = Buffer.alloc(4);
  length.writeInt32LE(5 + parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([length, ...parts, Buffer.alloc(1)]);
}

const element = (type, name, value) => [Buffer.from([type]), Buffer.from(name + '\0'), value];
const inside = (document) => Buffer.from(BSON.serialize(document, { ignoreUndefined: true })).subarray(4, -1);

// A reply with a cursor's batch, whose documents go out as they came in.
export function replyBytes(reply) {
  const name = ['firstBatch', 'nextBatch'].find((one) => reply.cursor?.[one]?.some((document) => bytesOf.has(document)));
  if (!name) return null;
  const { [name]: batch, ...cursor } = reply.cursor;
  const documents = batch.flatMap((document, i) =>
    element(3, String(i), bytesOf.get(document) ?? Buffer.from(BSON.serialize(document, { ignoreUndefined: true }))),
  );
  const { cursor: _, ...rest } = reply;
  return assemble([...element(3, 'cursor', assemble([...element(4, name, assemble(documents)), inside(cursor)])), inside(rest)]);
}
