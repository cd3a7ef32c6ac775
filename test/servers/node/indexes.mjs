// What indexes refuse: values that are there already, and arrays beside arrays. Nothing is looked up by them.
import * as mingo from 'mingo';
import { duplicateKey, failure } from './errors.mjs';
import { keyOf, valuesAt } from './values.mjs';

// For each field of the index the keys of the document's values; null: the index leaves it out.
function entryOf(index, document) {
  const values = Object.keys(index.key).map((path) => valuesAt(document, path));
  if (index.sparse && values.every((some) => some.every((value) => value === undefined))) return null;
  if (index.partialFilterExpression && !new mingo.Query(index.partialFilterExpression).test(document)) return null;
  return values.map((some) => some.flat().map((value) => keyOf(value ?? null)));
}

const collide = (a, b) => a.every((keys, i) => keys.some((key) => b[i].includes(key)));

function checkParallelArrays(collection, document) {
  for (const index of collection.indexes)
    if (Object.keys(index.key).filter((path) => valuesAt(document, path).some(Array.isArray)).length > 1)
      throw failure(171, 'CannotIndexParallelArrays', 'cannot index parallel arrays');
}

// Throws if the document may not be stored; `old` is the one it replaces.
export function checkIndexes(collection, document, old) {
  checkParallelArrays(collection, document);
  for (const index of collection.indexes) {
    if (index.name === '_id_' || !index.unique) continue;
    const entry = entryOf(index, document);
    if (!entry) continue;
    for (const other of collection.documents.values()) {
      if (other === old || (old && keyOf(other._id) === keyOf(old._id))) continue;
      const theirs = entryOf(index, other);
      if (!theirs || !collide(entry, theirs)) continue;
      const paths = Object.keys(index.key);
      const values = Object.fromEntries(paths.map((path) => [path, valuesAt(document, path)[0] ?? null]));
      throw duplicateKey(collection.namespace, index.name, document, index.key, values);
    }
  }
}

export function checkHint(collection, hint) {
  if (typeof hint === 'string' && collection && !collection.indexes.some((index) => index.name === hint))
    throw failure(2, 'BadValue', 'hint provided does not correspond to an existing index');
}
