// What is stored: collections by "database.collection", each with its documents and the specifications of its indexes.
// A view is what one command sees of it: in a transaction, the copies that transaction has made.
export const collections = new Map();

// Documents by the key of their _id; counts changes, so that a transaction notices those of others.
class Documents extends Map {
  version = 0;
  set(key, value) {
    this.version = (this.version ?? 0) + 1;
    return super.set(key, value);
  }
  delete(key) {
    this.version++;
    return super.delete(key);
  }
}

class Collection {
  constructor(namespace) {
    this.namespace = namespace;
    this.documents = new Documents();
    this.indexes = [{ v: 2, key: { _id: 1 }, name: '_id_' }];
    this.options = {};
  }
  clone() {
    const copy = new Collection(this.namespace);
    copy.documents = new Documents(this.documents);
    copy.indexes = this.indexes;
    copy.options = this.options;
    return copy;
  }
}

export class View {
  constructor(database, transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  // undefined if there is none, unless it is to be made.
  collection(name, create = false) {
    const namespace = this.database + '.' + name;
    if (this.transaction?.touched.has(namespace)) return this.transaction.touched.get(namespace);
    let found = collections.get(namespace);
    if (!found && create) {
      found = new Collection(namespace);
      if (!this.transaction) collections.set(namespace, found);
    }
    return found && this.transaction ? this.transaction.touch(namespace, found) : found;
  }
}
