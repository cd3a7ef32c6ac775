// Commands that write documents. A failed item is reported beside the others; ordered writes stop at it.
import * as mingo from 'mingo';
import { idFirst, match, optionsOf } from './query.mjs';
import { insertDocument, removeDocument, updateDocuments } from './writing.mjs';

// Runs `write` for each item; gives the writeErrors, if there are any.
function each(items, ordered, write) {
  const errors = [];
  for (const [index, item] of items.entries())
    try {
      write(item, index);
    } catch (error) {
      const code = error.duplicate?.code ?? error.reply?.code ?? 9;
      const { errInfo } = error.reply ?? {};
      errors.push({ index, code, errmsg: error.message, ...error.duplicate, ...(errInfo && { errInfo }) });
      if (ordered !== false) break;
    }
  return errors.length ? { writeErrors: errors } : {};
}

export const commands = {
  insert(command, view) {
    const collection = view.collection(command.insert, true);
    let n = 0;
    const errors = each(command.documents, command.ordered, (document) => {
      insertDocument(collection, document);
      n++;
    });
    return { n, ...errors, ok: 1 };
  },

  update(command, view) {
    const collection = view.collection(command.update, true);
    let [n, nModified] = [0, 0];
    const upserted = [];
    const errors = each(command.updates, command.ordered, (item, index) => {
      const done = updateDocuments(collection, item.q, item.u, item, view, { ...command, ...item });
      n += done.matched;
      nModified += done.modified;
      if (done.upserted !== undefined) upserted.push({ index, _id: done.upserted });
    });
    return { n, nModified, ...(upserted.length && { upserted }), ...errors, ok: 1 };
  },

  delete(command, view) {
    const collection = view.collection(command.delete);
    let n = 0;
    const errors = each(command.deletes, command.ordered, (item) => {
      const found = match(collection, item.q, view, { ...command, ...item });
      for (const document of item.limit ? found.slice(0, 1) : found) {
        removeDocument(collection, document);
        n++;
      }
    });
    return { n, ...errors, ok: 1 };
  },

  findAndModify(command, view) {
    const collection = view.collection(command.findAndModify, true);
    const project = (document) =>
      document && command.fields
        ? idFirst(mingo.find([document], {}, command.fields, optionsOf(view, command)).all()[0])
        : document;
    if (command.remove) {
      const found = match(collection, command.query, view, command, command.sort)[0];
      if (found) removeDocument(collection, found);
      return { lastErrorObject: { n: found ? 1 : 0 }, value: project(found) ?? null, ok: 1 };
    }
    const { upsert, arrayFilters, sort } = command;
    const options = { upsert, arrayFilters, sort };
    const done = updateDocuments(collection, command.query || {}, command.update, options, view, command);
    const upserted = done.upserted !== undefined && { upserted: done.upserted };
    return {
      lastErrorObject: { n: done.matched, updatedExisting: !!done.before, ...upserted },
      value: project(command.new ? done.after : done.before) ?? null,
      ok: 1,
    };
  },
};
