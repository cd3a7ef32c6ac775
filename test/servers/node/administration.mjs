// Commands about collections, indexes and databases.
import * as mingo from 'mingo';
import { changed } from './changes.mjs';
import { cursorReply } from './cursors.mjs';
import { failure } from './errors.mjs';
import { checkIndexes } from './indexes.mjs';
import { collections } from './store.mjs';
import { EJSON } from './values.mjs';

function addIndex(collection, index) {
  const known = collection.indexes.find(({ name }) => name === index.name);
  if (known) {
    if (EJSON.stringify(known.key) === EJSON.stringify(index.key)) return;
    throw failure(86, 'IndexKeySpecsConflict', 'An existing index has the same name');
  }
  collection.indexes.push({ v: 2, ...index });
  if (!index.unique) return;
  try {
    for (const document of collection.documents.values()) checkIndexes(collection, document, document);
  } catch (error) {
    collection.indexes.pop();
    throw failure(11000, 'DuplicateKey', error.message);
  }
}

const described = (collection, database) => ({
  name: collection.namespace.slice(database.length + 1),
  type: collection.options.viewOn ? 'view' : 'collection',
  options: {},
  info: { readOnly: false },
  idIndex: collection.indexes[0],
});

const inDatabase = (database) => [...collections.values()].filter((one) => one.namespace.startsWith(database + '.'));

export const commands = {
  create(command, view) {
    if (view.collection(command.create)) throw failure(48, 'NamespaceExists', 'Collection already exists');
    const { validator, viewOn, pipeline, capped } = command;
    view.collection(command.create, true).options = { validator, viewOn, pipeline, capped };
    return { ok: 1 };
  },

  // Of what it can change only the validator.
  collMod(command, view) {
    const collection = view.collection(command.collMod);
    if (!collection) throw failure(26, 'NamespaceNotFound', 'ns does not exist');
    collection.options = { ...collection.options, validator: command.validator };
    return { ok: 1 };
  },

  drop(command, view) {
    const namespace = view.database + '.' + command.drop;
    if (!collections.delete(namespace)) throw failure(26, 'NamespaceNotFound', 'ns not found');
    changed(namespace, 'drop', null);
    return { ok: 1 };
  },

  dropDatabase(command, view) {
    for (const { namespace } of inDatabase(view.database)) collections.delete(namespace);
    return { dropped: view.database, ok: 1 };
  },

  createIndexes(command, view) {
    const collection = view.collection(command.createIndexes, true);
    const numIndexesBefore = collection.indexes.length;
    for (const index of command.indexes) addIndex(collection, index);
    return { numIndexesBefore, numIndexesAfter: collection.indexes.length, ok: 1 };
  },

  listIndexes(command, view) {
    const namespace = view.database + '.' + command.listIndexes;
    const collection = view.collection(command.listIndexes);
    if (!collection) throw failure(26, 'NamespaceNotFound', 'ns does not exist: ' + namespace);
    return cursorReply(namespace, [...collection.indexes], 1000);
  },

  dropIndexes(command, view) {
    const collection = view.collection(command.dropIndexes);
    if (!collection) throw failure(26, 'NamespaceNotFound', 'ns not found');
    const nIndexesWas = collection.indexes.length;
    const dropped = (index) =>
      command.index === '*' ||
      [].concat(command.index).includes(index.name) ||
      EJSON.stringify(command.index) === EJSON.stringify(index.key);
    collection.indexes = collection.indexes.filter((index) => index.name === '_id_' || !dropped(index));
    if (collection.indexes.length === nIndexesWas && command.index !== '*')
      throw failure(27, 'IndexNotFound', 'index not found with name [' + command.index + ']');
    return { nIndexesWas, ok: 1 };
  },

  listCollections(command, view) {
    const all = inDatabase(view.database).map((collection) => described(collection, view.database));
    const found = mingo.find(all, command.filter || {}).all();
    return cursorReply(view.database + '.$cmd.listCollections', found, 1000);
  },

  listDatabases() {
    const names = new Set([...collections.keys()].map((namespace) => namespace.split('.')[0]));
    const databases = [...names].map((name) => ({ name, sizeOnDisk: 1, empty: false }));
    return { databases, totalSize: 1, ok: 1 };
  },
};
