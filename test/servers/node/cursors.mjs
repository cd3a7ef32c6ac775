// Cursors: documents that wait for getMore, the tail of a capped collection, or a change stream.
import { Long } from 'bson';
import { nextChange, takeChanges, tokenOf } from './changes.mjs';
import { failure } from './errors.mjs';

const cursors = new Map();
let lastId = 1000n;

// `stream`: it does not end with its documents. `whole`: it does with the first batch.
export function cursorReply(namespace, documents, batchSize, { whole = false, stream = null } = {}) {
  const firstBatch = documents.splice(0, batchSize ?? 101);
  let id = 0n;
  if ((documents.length && !whole) || stream) {
    id = ++lastId;
    cursors.set(String(id), { namespace, documents, ...stream });
  }
  return { cursor: { firstBatch, id: Long.fromBigInt(id), ns: namespace }, ok: 1 };
}

async function moreChanges(cursor, id, command) {
  let nextBatch = takeChanges(cursor);
  if (!nextBatch.length) {
    await nextChange(Number(command.maxTimeMS ?? 1000));
    nextBatch = takeChanges(cursor);
  }
  const postBatchResumeToken = tokenOf(cursor.from);
  return { cursor: { nextBatch, id: Long.fromString(id), ns: cursor.namespace, postBatchResumeToken }, ok: 1 };
}

export const commands = {
  async getMore(command) {
    const id = String(command.getMore);
    const cursor = cursors.get(id);
    if (!cursor) throw failure(43, 'CursorNotFound', `cursor id ${id} not found`);
    if (cursor.stages) return moreChanges(cursor, id, command);
    const nextBatch = cursor.documents.splice(0, Number(command.batchSize ?? 100000));
    const open = cursor.documents.length || cursor.tail;
    if (!open) cursors.delete(id);
    return { cursor: { nextBatch, id: Long.fromString(open ? id : '0'), ns: cursor.namespace }, ok: 1 };
  },

  killCursors(command) {
    for (const id of command.cursors) cursors.delete(String(id));
    return { cursorsKilled: command.cursors, cursorsNotFound: [], cursorsAlive: [], cursorsUnknown: [], ok: 1 };
  },
};
