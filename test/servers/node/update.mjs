// What an update makes of a document, and of a filter when there is none to update.
import * as mingo from 'mingo';
import { failure } from './errors.mjs';
import { optionsOf } from './query.mjs';
import { copyOf, keyOf } from './values.mjs';

function replaced(document, replacement, inserting) {
  if (!inserting && replacement._id !== undefined && keyOf(replacement._id) !== keyOf(document._id))
    throw failure(66, 'ImmutableField', "the replacement would modify the immutable field '_id'");
  const id = document._id === undefined ? replacement._id : document._id;
  return { _id: id, ...replacement, _id: id };
}

// The operators mingo is to apply: $setOnInsert as $set or not at all, and no _id that stays as it is.
function operators(update, document, inserting) {
  const out = { ...update };
  if (inserting && out.$setOnInsert) out.$set = { ...out.$setOnInsert, ...out.$set };
  delete out.$setOnInsert;
  if (out.$set && '_id' in out.$set && keyOf(out.$set._id) === keyOf(document._id)) {
    out.$set = { ...out.$set };
    delete out.$set._id;
  }
  for (const name of Object.keys(out)) if (!Object.keys(out[name]).length) delete out[name];
  return out;
}

export function updated(document, update, { filter = {}, arrayFilters = [], view, command, inserting = false }) {
  if (Array.isArray(update))
    return { _id: document._id, ...mingo.aggregate([copyOf(document)], update, optionsOf(view, command))[0] };
  if (!Object.keys(update).some((name) => name[0] === '$')) return replaced(document, update, inserting);
  const documents = [copyOf(document)];
  const applied = operators(update, document, inserting);
  if (!Object.keys(applied).length) return documents[0];
  const options = { arrayFilters, queryOptions: optionsOf(view, command), cloneMode: 'deep' };
  mingo.updateOne(documents, inserting ? {} : filter, applied, options);
  return documents[0];
}

const isValue = (condition) =>
  typeof condition !== 'object' ||
  condition === null ||
  condition._bsontype ||
  condition instanceof Date ||
  Array.isArray(condition) ||
  !Object.keys(condition).some((name) => name[0] === '$');

// The document an upsert begins with: what the filter says its fields are equal to.
export function documentOf(filter) {
  const out = {};
  const set = (path, value) => {
    const names = path.split('.');
    let inner = out;
    for (const name of names.slice(0, -1)) inner = inner[name] ??= {};
    inner[names.at(-1)] = value;
  };
  for (const [name, condition] of Object.entries(filter || {})) {
    if (name === '$and') condition.forEach((part) => Object.assign(out, documentOf(part)));
    else if (name[0] !== '$' && isValue(condition)) set(name, condition);
    else if (condition?.$eq !== undefined) set(name, condition.$eq);
  }
  return out;
}
