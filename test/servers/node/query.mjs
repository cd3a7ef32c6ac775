// Which documents of a collection a filter matches, in which order. By mingo; an _id, or many values in an $in,
// by keys.
import * as mingo from 'mingo';
import { keyOf, valuesAt } from './values.mjs';

// The values of `let` are expressions; here those that are constants.
const constants = (variables) =>
  variables &&
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value?.$rand ? Math.random() : (value?.$literal ?? value)]),
  );

export const optionsOf = (view, command) => ({
  collectionResolver: (name) => [...(view.collection(name)?.documents.values() || [])],
  variables: constants(command?.let),
  collation: command?.collation,
  processingMode: 'CLONE_INPUT',
});

// MongoDB puts _id first, whatever the projection says.
export const idFirst = (document) =>
  '_id' in document && Object.keys(document)[0] !== '_id' ? { _id: document._id, ...document } : document;

const isPlainKey = (value) =>
  value !== null &&
  (typeof value !== 'object' || value._bsontype === 'ObjectId' || value._bsontype === 'Long') &&
  !(value instanceof RegExp);

const isLongIn = (name, condition) =>
  name[0] !== '$' &&
  condition &&
  Array.isArray(condition.$in) &&
  Object.keys(condition).length === 1 &&
  condition.$in.length > 8 &&
  condition.$in.every(isPlainKey);

function byKeys(collection, documents, path, keys) {
  if (path === '_id') return [...keys].map((key) => collection.documents.get(key)).filter(Boolean);
  const has = (value) => keys.has(keyOf(value ?? null));
  return documents.filter((document) =>
    valuesAt(document, path).some((value) => (Array.isArray(value) ? value.some(has) : has(value))),
  );
}

function filtered(collection, filter, view, command) {
  const names = Object.keys(filter);
  if (names.length === 1 && names[0] === '_id' && (typeof filter._id !== 'object' || filter._id?._bsontype)) {
    const document = collection.documents.get(keyOf(filter._id));
    return document ? [document] : [];
  }
  let documents = [...collection.documents.values()];
  const rest = { ...filter };
  for (const name of names) {
    if (!isLongIn(name, rest[name])) continue;
    documents = byKeys(collection, documents, name, new Set(rest[name].$in.map(keyOf)));
    delete rest[name];
  }
  const query = new mingo.Query(rest, optionsOf(view, command));
  return documents.filter((document) => query.test(document));
}

export function match(collection, filter, view, command, sort) {
  if (!collection) return [];
  const found = filtered(collection, filter || {}, view, command);
  if (!sort || !Object.keys(sort).length) return found;
  const options = { ...optionsOf(view, command), processingMode: 'OFF' };
  return mingo.find(found, {}, {}, options).sort(sort).all();
}
