// BSON in and out, and what tells two values apart.
// Keys are strings, so that documents can be kept in maps by their _id.
import { BSON, DBRef } from 'bson';
export const { EJSON } = BSON;

// The library makes an object of its own out of {$ref, $id}; to a server it is a document like any other.
const plain = (value) =>
  value instanceof DBRef
    ? { $ref: value.collection, $id: value.oid, ...(value.db && { $db: value.db }), ...plain(value.fields) }
    : Array.isArray(value)
      ? value.map(plain)
      : value && typeof value === 'object' && !value._bsontype && Object.getPrototypeOf(value) === Object.prototype
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
        : value;

export const toBytes = (document) => Buffer.from(BSON.serialize(document, { ignoreUndefined: true }));
export const fromBytes = (bytes) => plain(BSON.deserialize(bytes, { promoteLongs: true }));
export const copyOf = (document) => fromBytes(BSON.serialize(document));

const isNumber = (value) =>
  typeof value === 'number' ||
  value?._bsontype === 'Long' ||
  value?._bsontype === 'Double' ||
  value?._bsontype === 'Int32';

// Numbers of all types are one.
export function keyOf(value) {
  if (isNumber(value)) return 'n' + Number(value);
  if (value?._bsontype === 'ObjectId') return 'o' + value.toHexString();
  return typeof value === 'string' ? 's' + value : EJSON.stringify(value);
}

// The values at a dotted path, through arrays.
export function valuesAt(document, path) {
  let values = [document];
  for (const name of path.split('.'))
    values = values.flatMap((value) =>
      value == null
        ? []
        : Array.isArray(value) && !/^\d+$/.test(name)
          ? value.map((element) => element?.[name])
          : [value[name]],
    );
  return values.length ? values : [undefined];
}
