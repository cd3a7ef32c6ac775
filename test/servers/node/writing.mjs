// Putting documents in and changing them: the one way in for every command that writes. Changes are logged for streams.
import { ObjectId } from 'bson';
import * as mingo from 'mingo';
import { changed } from './changes.mjs';
import { duplicateKey, failure } from './errors.mjs';
import { checkIndexes } from './indexes.mjs';
import { match } from './query.mjs';
import { documentOf, updated } from './update.mjs';
import { keyOf, toBytes } from './values.mjs';

function checkValidator(collection, document) {
  if (!collection.options.validator) return;
  const query = new mingo.Query(collection.options.validator, {
    jsonSchemaValidator: (schema) => (object) => (schema.required || []).every((name) => object[name] !== undefined),
  });
  if (query.test(document)) return;
  const errInfo = { failingDocumentId: document._id, details: { operatorName: '$and' } };
  throw failure(121, 'DocumentValidationFailure', 'Document failed validation', { errInfo });
}

export function insertDocument(collection, given) {
  const document = given._id === undefined ? { _id: new ObjectId(), ...given } : given;
  const id = document._id;
  if (Array.isArray(id)) throw failure(53, 'InvalidIdField', "The '_id' value cannot be of type array");
  if (id && !id._bsontype && Object.keys(id)[0]?.startsWith('$'))
    throw failure(52, 'DollarPrefixedFieldName', "_id fields may not contain '$'-prefixed fields");
  if (collection.documents.has(keyOf(id)))
    throw duplicateKey(collection.namespace, '_id_', { _id: id }, { _id: 1 }, { _id: id });
  checkValidator(collection, document);
  checkIndexes(collection, document);
  collection.documents.set(keyOf(id), document);
  changed(collection.namespace, 'insert', document, id);
}

export function removeDocument(collection, document) {
  collection.documents.delete(keyOf(document._id));
  changed(collection.namespace, 'delete', null, document._id);
}

function upsert(collection, filter, given, context) {
  const base = documentOf(filter);
  let update = given;
  if (update.$setOnInsert && '_id' in update.$setOnInsert) {
    const { _id: id, ...others } = update.$setOnInsert;
    base._id ??= id;
    update = { ...update, $setOnInsert: others };
  }
  if (!('_id' in base) && update._id === undefined) base._id = new ObjectId();
  const { _id, ...rest } = base;
  const document = updated({ _id: '_id' in base ? _id : update._id, ...rest }, update, { ...context, inserting: true });
  insertDocument(collection, document);
  return { matched: 1, modified: 0, upserted: document._id, after: document, before: null };
}

// One update of a command: {matched, modified, upserted, before, after}. `options`: multi, upsert, sort, arrayFilters.
export function updateDocuments(collection, filter, update, options, view, command) {
  const found = match(collection, filter, view, command, options.sort);
  const chosen = options.multi ? found : found.slice(0, 1);
  const context = { filter: filter || {}, arrayFilters: options.arrayFilters || [], view, command };
  const operation = Array.isArray(update) || Object.keys(update)[0]?.[0] === '$' ? 'update' : 'replace';
  let modified = 0;
  let after = null;
  for (const document of chosen) {
    after = updated(document, update, context);
    if (keyOf(after._id) !== keyOf(document._id))
      throw failure(66, 'ImmutableField', "the update would modify the immutable field '_id'");
    if (!Buffer.compare(toBytes(after), toBytes(document))) continue;
    checkValidator(collection, after);
    checkIndexes(collection, after, document);
    collection.documents.set(keyOf(document._id), after);
    modified++;
    changed(collection.namespace, operation, after, after._id);
  }
  if (!chosen.length && options.upsert) return upsert(collection, filter, update, context);
  return { matched: chosen.length, modified, after, before: chosen[0] || null };
}
