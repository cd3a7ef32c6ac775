// A MongoDB server for tests, in memory: commands over OP_MSG, queries and pipelines by mingo; transactions, failCommand, change
// streams. `node mongo_server.mjs [PORT]` prints "port N" and runs until its standard input ends; it is part of a set of one.
import net from 'node:net';
import { DBRef, BSON, Long, ObjectId, Timestamp } from 'bson';
import * as mingo from 'mingo';
import { updateOne as mUpdate } from 'mingo';
let port = +process.argv[2] || 0;
const { EJSON } = BSON;
const ser = (d) => Buffer.from(BSON.serialize(d, { ignoreUndefined: true }));
const plain = (x) =>
  x instanceof DBRef
    ? { $ref: x.collection, $id: x.oid, ...(x.db && { $db: x.db }), ...plain(x.fields) }
    : Array.isArray(x)
      ? x.map(plain)
      : x && typeof x === 'object' && !x._bsontype && Object.getPrototypeOf(x) === Object.prototype
        ? Object.fromEntries(Object.entries(x).map(([k, v]) => [k, plain(v)]))
        : x;
const de = (b) => plain(BSON.deserialize(b, { promoteLongs: true }));
const idk = (v) =>
  typeof v === 'number' || v?._bsontype === 'Long' || v?._bsontype === 'Double' || v?._bsontype === 'Int32'
    ? 'n' + Number(v)
    : v?._bsontype === 'ObjectId'
      ? 'o' + v.toHexString()
      : typeof v === 'string'
        ? 's' + v
        : EJSON.stringify(v);
const dbs = new Map(),
  cursors = new Map(),
  txns = new Map(),
  log = [];
let cid = 1000n,
  failpoint = null,
  nlog = 0;
const waiters = new Set();
// Documents by key; counts changes, so that a transaction notices those of others.
class Docs extends Map {
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
class Coll {
  constructor(ns) {
    this.ns = ns;
    this.docs = new Docs();
    this.idx = [{ v: 2, key: { _id: 1 }, name: '_id_' }];
    this.opt = {};
  }
  clone() {
    const c = new Coll(this.ns);
    c.docs = new Docs(this.docs);
    c.idx = this.idx;
    c.opt = this.opt;
    return c;
  }
}
const E = (code, codeName, errmsg, x = {}) =>
  Object.assign(new Error(errmsg), { m: { ok: 0, code, codeName, errmsg, ...x } });
const getP = (d, p) => {
  let a = [d];
  for (const k of p.split('.'))
    a = a.flatMap((x) => (x == null ? [] : Array.isArray(x) && !/^\d+$/.test(k) ? x.map((y) => y?.[k]) : [x[k]]));
  return a.length ? a : [undefined];
};
const clone = (d) => plain(BSON.deserialize(BSON.serialize(d), { promoteLongs: true }));
function view(db, t) {
  return {
    coll(n, create) {
      const ns = db + '.' + n;
      if (t?.touched.has(ns)) return t.touched.get(ns);
      let c = dbs.get(ns);
      if (!c && create) {
        c = new Coll(ns);
        if (!t) dbs.set(ns, c);
      }
      if (c && t) {
        const k = c.clone();
        const there = dbs.get(ns)?.docs;
        t.base.set(ns, { docs: there, version: there?.version });
        t.touched.set(ns, k);
        return k;
      }
      return c;
    },
  };
}
function uniq(c, doc, old) {
  checkParallelArrays(c, doc);
  for (const i of c.idx) {
    if (i.name === '_id_' || !i.unique) continue;
    const keyOf = (d) => {
      const vs = Object.keys(i.key).map((k) => getP(d, k));
      if (i.sparse && vs.every((v) => v.every((x) => x === undefined))) return null;
      if (i.partialFilterExpression && !new mingo.Query(i.partialFilterExpression).test(d)) return null;
      return vs.map((v) => v.flat().map((x) => idk(x ?? null)));
    };
    const k = keyOf(doc);
    if (!k) continue;
    for (const o of c.docs.values()) {
      if (o === old || (old && idk(o._id) === idk(old._id))) continue;
      const q = keyOf(o);
      if (q && k.every((v, j) => v.some((x) => q[j].includes(x))))
        throw Object.assign(
          new Error(`E11000 duplicate key error collection: ${c.ns} index: ${i.name} dup key: ${EJSON.stringify(doc)}`),
          {
            dup: {
              code: 11000,
              keyPattern: i.key,
              keyValue: Object.fromEntries(Object.keys(i.key).map((p) => [p, getP(doc, p)[0] ?? null])),
            },
          },
        );
    }
  }
}
function ev(ns, op, doc, id) {
  const e = { n: ++nlog, ns, op, doc, id };
  log.push(e);
  for (const w of waiters) w();
}
// A $lookup with fields and a pipeline: the join comes first, then its pipeline (mingo does it the other way round).
function joinFirst(pipeline) {
  return pipeline.map((stage) => {
    const { localField, foreignField, pipeline: inner, ...rest } = stage.$lookup ?? {};
    if (!localField || !inner) return stage;
    const theirs = '$' + foreignField;
    const among = { $and: [{ $isArray: theirs }, { $in: ['$$joined', theirs] }] };
    const join = { $match: { $expr: { $or: [{ $eq: [theirs, '$$joined'] }, among] } } };
    return { $lookup: { ...rest, let: { ...rest.let, joined: '$' + localField }, pipeline: [join, ...inner] } };
  });
}

// MongoDB puts _id first, whatever the projection says.
const idFirst = (doc) => ('_id' in doc && Object.keys(doc)[0] !== '_id' ? { _id: doc._id, ...doc } : doc);

function checkHint(collection, hint) {
  if (typeof hint === 'string' && collection && !collection.idx.some((index) => index.name === hint))
    throw E(2, 'BadValue', 'hint provided does not correspond to an existing index');
}

function checkParallelArrays(collection, doc) {
  for (const index of collection.idx)
    if (Object.keys(index.key).filter((path) => getP(doc, path).some(Array.isArray)).length > 1)
      throw E(171, 'CannotIndexParallelArrays', 'cannot index parallel arrays');
}

const opts = (v, cmd) => ({
  collectionResolver: (n) => [...(v.coll(n)?.docs.values() || [])],
  variables: cmd?.let,
  collation: cmd?.collation,
  processingMode: 'CLONE_INPUT',
});
function insertDoc(c, d) {
  if (d._id === undefined) d = { _id: new ObjectId(), ...d };
  if (Array.isArray(d._id)) throw E(53, 'InvalidIdField', "The '_id' value cannot be of type array");
  const k = idk(d._id);
  if (c.docs.has(k))
    throw Object.assign(
      new Error(
        `E11000 duplicate key error collection: ${c.ns} index: _id_ dup key: ${EJSON.stringify({ _id: d._id })}`,
      ),
      { dup: { code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: d._id } } },
    );
  if (c.opt.validator) {
    const q = new mingo.Query(c.opt.validator, {
      jsonSchemaValidator: (s) => (o) => (s.required || []).every((r) => o[r] !== undefined),
    });
    if (!q.test(d)) throw E(121, 'DocumentValidationFailure', 'Document failed validation');
  }
  uniq(c, d);
  c.docs.set(k, d);
  ev(c.ns, 'insert', d, d._id);
}
function match(c, q, v, cmd, sort) {
  if (!c) return [];
  let it;
  const k = q && Object.keys(q);
  if (k?.length === 1 && k[0] === '_id' && (typeof q._id !== 'object' || q._id?._bsontype)) {
    const d = c.docs.get(idk(q._id));
    it = d ? [d] : [];
  } else {
    let src = [...c.docs.values()],
      rest = q || {};
    for (const f of Object.keys(rest)) {
      const e = rest[f];
      if (
        f[0] !== '$' &&
        e &&
        Array.isArray(e.$in) &&
        Object.keys(e).length === 1 &&
        e.$in.length > 8 &&
        e.$in.every(
          (x) =>
            x !== null &&
            (typeof x !== 'object' || x._bsontype === 'ObjectId' || x._bsontype === 'Long') &&
            !(x instanceof RegExp),
        )
      ) {
        const set = new Set(e.$in.map(idk));
        if (f === '_id') src = [...set].map((k) => c.docs.get(k)).filter(Boolean);
        else
          src = src.filter((d) =>
            getP(d, f).some((x) =>
              Array.isArray(x) ? x.some((y) => set.has(idk(y ?? null))) : set.has(idk(x ?? null)),
            ),
          );
        rest = { ...rest };
        delete rest[f];
      }
    }
    const Q = new mingo.Query(rest, opts(v, cmd));
    it = src.filter((d) => Q.test(d));
  }
  if (sort && Object.keys(sort).length)
    it = mingo
      .find(it, {}, {}, { ...opts(v, cmd), processingMode: 'OFF' })
      .sort(sort)
      .all();
  return it;
}
function applyUpd(d, u, isPipe, q, af, v, cmd, ins) {
  if (Array.isArray(u)) return mingo.aggregate([clone(d)], u, opts(v, cmd))[0];
  if (!Object.keys(u).some((k) => k[0] === '$')) {
    if (!ins && u._id !== undefined && idk(u._id) !== idk(d._id))
      throw E(66, 'ImmutableField', "the replacement would modify the immutable field '_id'");
    return { _id: d._id, ...u, _id: d._id ?? u._id };
  }
  const n = clone(d);
  const uu = { ...u };
  if (ins && uu.$setOnInsert) {
    uu.$set = { ...uu.$setOnInsert, ...uu.$set };
  }
  delete uu.$setOnInsert;
  if (uu.$set && '_id' in uu.$set && idk(uu.$set._id) === idk(d._id)) {
    uu.$set = { ...uu.$set };
    delete uu.$set._id;
  }
  for (const k of Object.keys(uu)) if (!Object.keys(uu[k]).length) delete uu[k];
  if (Object.keys(uu).length) {
    const arr = [n];
    mUpdate(arr, ins ? {} : q || {}, uu, { arrayFilters: af || [], queryOptions: opts(v, cmd), cloneMode: 'deep' });
    return arr[0];
  }
  return n;
}
function fromQuery(q) {
  const o = {};
  const set = (p, val) => {
    const ks = p.split('.');
    let x = o;
    for (const k of ks.slice(0, -1)) x = x[k] ??= {};
    x[ks.at(-1)] = val;
  };
  for (const [k, val] of Object.entries(q || {})) {
    if (k === '$and') val.forEach((s) => Object.assign(o, fromQuery(s)));
    else if (
      k[0] !== '$' &&
      (typeof val !== 'object' ||
        val === null ||
        val._bsontype ||
        val instanceof Date ||
        Array.isArray(val) ||
        !Object.keys(val).some((z) => z[0] === '$'))
    )
      set(k, val);
    else if (val?.$eq !== undefined) set(k, val.$eq);
  }
  return o;
}
function updOne(c, q, u, o, v, cmd) {
  const ms = match(c, q, v, cmd, o.sort);
  const tgt = o.multi ? ms : ms.slice(0, 1);
  let mod = 0,
    post = null;
  for (const d of tgt) {
    const n = applyUpd(d, u, Array.isArray(u), q, o.arrayFilters, v, cmd);
    if (idk(n._id) !== idk(d._id))
      throw E(66, 'ImmutableField', "Performing an update on the path '_id' would modify the immutable field '_id'");
    if (Buffer.compare(ser(n), ser(d))) {
      uniq(c, n, d);
      c.docs.set(idk(d._id), n);
      mod++;
      ev(c.ns, Array.isArray(u) || Object.keys(u)[0]?.[0] === '$' ? 'update' : 'replace', n, n._id);
    }
    post = n;
  }
  if (!tgt.length && o.upsert) {
    const base = fromQuery(q);
    if (u.$setOnInsert && '_id' in u.$setOnInsert) {
      const { _id: given, ...others } = u.$setOnInsert;
      base._id ??= given;
      u = { ...u, $setOnInsert: others };
    }
    if (!('_id' in base) && !(u._id !== undefined)) base._id = new ObjectId();
    const { _id, ...rest } = base;
    const n = applyUpd({ _id: _id ?? u._id, ...rest }, u, 0, {}, o.arrayFilters, v, cmd, true);
    insertDoc(c, n);
    return { n: 1, mod: 0, up: n._id, post: n, pre: null };
  }
  return { n: tgt.length, mod, post, pre: tgt[0] || null };
}
function cursorReply(ns, docs, bs, single, extra) {
  let first = docs.splice(0, bs ?? 101);
  let id = 0n;
  if ((docs.length && !single) || extra) {
    id = ++cid;
    cursors.set(String(id), { ns, docs, ...extra });
  }
  return { cursor: { firstBatch: first, id: Long.fromBigInt(id), ns }, ok: 1 };
}
const H = {
  hello: () => ({
    isWritablePrimary: true,
    ismaster: true,
    helloOk: true,
    setName: 'rs0',
    hosts: ['127.0.0.1:' + port],
    primary: '127.0.0.1:' + port,
    me: '127.0.0.1:' + port,
    maxBsonObjectSize: 16777216,
    maxMessageSizeBytes: 48000000,
    maxWriteBatchSize: 100000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    ok: 1,
  }),
  ping: () => ({ ok: 1 }),
  endSessions: () => ({ ok: 1 }),
  buildInfo: () => ({ version: '7.0.0', versionArray: [7, 0, 0, 0], ok: 1 }),
  serverStatus: () => ({ ok: 1, version: '7.0.0' }),
  insert(c, v) {
    const k = v.coll(c.insert, true);
    let n = 0;
    const we = [];
    for (const [i, d] of c.documents.entries())
      try {
        insertDoc(k, d);
        n++;
      } catch (e) {
        if (!e.dup && !e.m) throw e;
        we.push({ index: i, code: e.dup?.code ?? e.m.code, errmsg: e.message, ...e.dup });
        if (c.ordered !== false) break;
      }
    return { n, ...(we.length && { writeErrors: we }), ok: 1 };
  },
  update(c, v) {
    const k = v.coll(c.update, true);
    let n = 0,
      nModified = 0;
    const up = [],
      we = [];
    for (const [i, u] of c.updates.entries())
      try {
        const r = updOne(k, u.q, u.u, u, v, { ...c, ...u });
        n += r.n;
        nModified += r.mod;
        if (r.up !== undefined) up.push({ index: i, _id: r.up });
      } catch (e) {
        we.push({ index: i, code: e.dup?.code ?? e.m?.code ?? 9, errmsg: e.message, ...e.dup });
        if (c.ordered !== false) break;
      }
    return { n, nModified, ...(up.length && { upserted: up }), ...(we.length && { writeErrors: we }), ok: 1 };
  },
  delete(c, v) {
    const k = v.coll(c.delete);
    let n = 0;
    for (const d of c.deletes) {
      let ms = match(k, d.q, v, { ...c, ...d });
      if (d.limit) ms = ms.slice(0, 1);
      for (const m of ms) {
        k.docs.delete(idk(m._id));
        n++;
        ev(k.ns, 'delete', null, m._id);
      }
    }
    return { n, ok: 1 };
  },
  find(c, v) {
    const k = v.coll(c.find);
    checkHint(k, c.hint);
    const src = match(k, c.filter, v, c);
    let cur = mingo.find(src, {}, c.projection || {}, opts(v, c));
    if (c.sort && Object.keys(c.sort).length) cur = cur.sort(c.sort);
    if (c.skip) cur = cur.skip(c.skip);
    if (c.limit) cur = cur.limit(Math.abs(c.limit));
    const docs = c.projection ? cur.all().map(idFirst) : cur.all();
    return cursorReply(
      v.db + '.' + c.find,
      docs,
      c.batchSize,
      c.singleBatch || c.limit < 0,
      c.tailable ? { tail: true } : null,
    );
  },
  aggregate(c, v) {
    const k = typeof c.aggregate === 'string' ? v.coll(c.aggregate) : null;
    let p = joinFirst(c.pipeline);
    if (p[0]?.$changeStream)
      return cursorReply(v.db + '.' + c.aggregate, [], 0, false, {
        cs: true,
        from: nlog,
        filt: p.slice(1),
        coll: typeof c.aggregate === 'string' ? v.db + '.' + c.aggregate : null,
        db: v.db,
      });
    if (k?.opt.viewOn) {
      p = [...k.opt.pipeline, ...p];
    }
    const src = [...((k?.opt.viewOn ? v.coll(k.opt.viewOn) : k)?.docs.values() || [])];
    const last = p.at(-1);
    const out = last?.$out || last?.$merge;
    const docs = mingo.aggregate(src, out ? p.slice(0, -1) : p, opts(v, c));
    if (out) {
      const t = v.coll(typeof out === 'string' ? out : (out.into?.coll ?? out.into ?? out.coll), true);
      if (last.$out) t.docs.clear();
      for (const d of docs) t.docs.set(idk(d._id), d);
      return cursorReply(v.db + '.' + c.aggregate, [], 0, true);
    }
    return cursorReply(v.db + '.' + (c.aggregate === 1 ? '$cmd.aggregate' : c.aggregate), docs, c.cursor?.batchSize);
  },
  async getMore(c, v, fl) {
    const k = cursors.get(String(c.getMore));
    if (!k) throw E(43, 'CursorNotFound', `cursor id ${c.getMore} not found`);
    let b;
    if (k.cs) {
      const grab = () => {
        const r = [];
        while (k.from < nlog) {
          const e = log[k.from++];
          if (k.coll ? e.ns !== k.coll : !e.ns.startsWith(k.db + '.')) continue;
          const [d, ...n] = e.ns.split('.');
          r.push({
            _id: { _data: String(e.n).padStart(20, '0') },
            operationType: e.op,
            clusterTime: new Timestamp({ t: 1, i: e.n }),
            ns: { db: d, coll: n.join('.') },
            documentKey: { _id: e.id },
            ...(e.doc && { fullDocument: e.doc }),
          });
        }
        return k.filt.length ? mingo.aggregate(r, k.filt) : r;
      };
      b = grab();
      if (!b.length) {
        await new Promise((r) => {
          const w = () => {
            waiters.delete(w);
            clearTimeout(t);
            r();
          };
          const t = setTimeout(w, Number(c.maxTimeMS ?? 1000));
          waiters.add(w);
        });
        b = grab();
      }
      return {
        cursor: {
          nextBatch: b,
          id: Long.fromBigInt(BigInt(String(c.getMore))),
          ns: k.ns,
          postBatchResumeToken: { _data: String(k.from).padStart(20, '0') },
        },
        ok: 1,
      };
    }
    b = k.docs.splice(0, Number(c.batchSize ?? 100000));
    const id = k.docs.length || k.tail ? BigInt(String(c.getMore)) : 0n;
    if (!id) cursors.delete(String(c.getMore));
    return { cursor: { nextBatch: b, id: Long.fromBigInt(id), ns: k.ns }, ok: 1 };
  },
  killCursors(c) {
    for (const i of c.cursors) cursors.delete(String(i));
    return { cursorsKilled: c.cursors, cursorsNotFound: [], cursorsAlive: [], cursorsUnknown: [], ok: 1 };
  },
  findAndModify(c, v) {
    const k = v.coll(c.findAndModify, true);
    const pj = (d) => d && (c.fields ? idFirst(mingo.find([d], {}, c.fields, opts(v, c)).all()[0]) : d);
    if (c.remove) {
      const m = match(k, c.query, v, c, c.sort)[0];
      if (m) {
        k.docs.delete(idk(m._id));
        ev(k.ns, 'delete', null, m._id);
      }
      return { lastErrorObject: { n: m ? 1 : 0 }, value: pj(m) ?? null, ok: 1 };
    }
    const r = updOne(
      k,
      c.query || {},
      c.update,
      { upsert: c.upsert, arrayFilters: c.arrayFilters, sort: c.sort },
      v,
      c,
    );
    return {
      lastErrorObject: { n: r.n, updatedExisting: !!r.pre, ...(r.up !== undefined && { upserted: r.up }) },
      value: pj(c.new ? r.post : r.pre) ?? null,
      ok: 1,
    };
  },
  count(c, v) {
    let n = match(v.coll(c.count), c.query, v, c).length;
    if (c.skip) n = Math.max(0, n - c.skip);
    if (c.limit) n = Math.min(n, c.limit);
    return { n, ok: 1 };
  },
  distinct(c, v) {
    const s = new Map();
    for (const d of match(v.coll(c.distinct), c.query, v, c))
      for (const x of getP(d, c.key).flat()) if (x !== undefined) s.set(idk(x), x);
    return { values: [...s.values()], ok: 1 };
  },
  create(c, v) {
    if (v.coll(c.create)) throw E(48, 'NamespaceExists', 'Collection already exists');
    v.coll(c.create, true).opt = { validator: c.validator, viewOn: c.viewOn, pipeline: c.pipeline, capped: c.capped };
    return { ok: 1 };
  },
  drop(c, v) {
    const ns = v.db + '.' + c.drop;
    if (!dbs.delete(ns)) throw E(26, 'NamespaceNotFound', 'ns not found');
    ev(ns, 'drop', null);
    return { ok: 1 };
  },
  dropDatabase(c, v) {
    for (const n of [...dbs.keys()]) if (n.startsWith(v.db + '.')) dbs.delete(n);
    return { dropped: v.db, ok: 1 };
  },
  createIndexes(c, v) {
    const k = v.coll(c.createIndexes, true),
      b = k.idx.length;
    for (const i of c.indexes) {
      const o = k.idx.find((x) => x.name === i.name);
      if (o) {
        if (EJSON.stringify(o.key) !== EJSON.stringify(i.key))
          throw E(86, 'IndexKeySpecsConflict', 'An existing index has the same name');
        continue;
      }
      k.idx.push({ v: 2, ...i });
      if (i.unique)
        try {
          for (const d of k.docs.values()) uniq(k, d, d);
        } catch (e) {
          k.idx.pop();
          throw E(11000, 'DuplicateKey', e.message);
        }
    }
    return { numIndexesBefore: b, numIndexesAfter: k.idx.length, ok: 1 };
  },
  listIndexes(c, v) {
    const k = v.coll(c.listIndexes);
    if (!k) throw E(26, 'NamespaceNotFound', 'ns does not exist: ' + v.db + '.' + c.listIndexes);
    return cursorReply(k.ns, [...k.idx], 1000);
  },
  dropIndexes(c, v) {
    const k = v.coll(c.dropIndexes);
    if (!k) throw E(26, 'NamespaceNotFound', 'ns not found');
    const n = k.idx.length;
    k.idx = k.idx.filter(
      (i) =>
        i.name === '_id_' ||
        !(
          c.index === '*' ||
          [].concat(c.index).includes(i.name) ||
          EJSON.stringify(c.index) === EJSON.stringify(i.key)
        ),
    );
    if (k.idx.length === n && c.index !== '*')
      throw E(27, 'IndexNotFound', 'index not found with name [' + c.index + ']');
    return { nIndexesWas: n, ok: 1 };
  },
  listCollections(c, v) {
    const l = [...dbs.values()]
      .filter((k) => k.ns.startsWith(v.db + '.'))
      .map((k) => ({
        name: k.ns.slice(v.db.length + 1),
        type: k.opt.viewOn ? 'view' : 'collection',
        options: {},
        info: { readOnly: false },
        idIndex: k.idx[0],
      }));
    return cursorReply(v.db + '.$cmd.listCollections', mingo.find(l, c.filter || {}).all(), 1000);
  },
  listDatabases: () => ({
    databases: [...new Set([...dbs.keys()].map((n) => n.split('.')[0]))].map((name) => ({
      name,
      sizeOnDisk: 1,
      empty: false,
    })),
    totalSize: 1,
    ok: 1,
  }),
  explain: () => ({ queryPlanner: {}, ok: 1 }),
  configureFailPoint(c) {
    failpoint =
      c.mode === 'off' ? null : { left: c.mode === 'alwaysOn' ? Infinity : (c.mode.times ?? Infinity), ...c.data };
    return { ok: 1 };
  },
};
Object.assign(H, { isMaster: H.hello, ismaster: H.hello, buildinfo: H.buildInfo, findandmodify: H.findAndModify });
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
async function run(cmd, fl) {
  const name = Object.keys(cmd)[0];
  const h = H[name];
  const key = cmd.lsid && cmd.autocommit === false ? cmd.lsid.id.toString('hex') : null;
  if (failpoint && failpoint.failCommands?.includes(name) && failpoint.left > 0) {
    failpoint.left--;
    if (failpoint.blockConnection) await sleep(failpoint.blockTimeMS);
    if (failpoint.closeConnection) throw { close: true };
    if (failpoint.errorCode !== undefined)
      throw E(
        failpoint.errorCode,
        'FailPoint',
        'Failing command via failpoint',
        failpoint.errorLabels && { errorLabels: failpoint.errorLabels },
      );
  }
  let t = null;
  if (key) {
    if (cmd.startTransaction) {
      t = { touched: new Map(), base: new Map(), n: 0 };
      txns.set(key, t);
    }
    t = txns.get(key);
    if (!t) throw E(251, 'NoSuchTransaction', 'no transaction', { errorLabels: ['TransientTransactionError'] });
    if (name === 'commitTransaction') {
      txns.delete(key);
      for (const [ns, b] of t.base)
        if (dbs.get(ns)?.docs !== b.docs || b.docs?.version !== b.version)
          throw E(112, 'WriteConflict', 'WriteConflict', { errorLabels: ['TransientTransactionError'] });
      for (const [ns, c] of t.touched) dbs.set(ns, c);
      return { ok: 1 };
    }
    if (name === 'abortTransaction') {
      txns.delete(key);
      return { ok: 1 };
    }
  }
  if (!h) throw E(59, 'CommandNotFound', `no such command: '${name}'`);
  const collations = [cmd, ...(cmd.updates ?? []), ...(cmd.deletes ?? [])].some((part) => part.collation);
  if (collations) throw E(115, 'CommandNotSupported', 'this server compares strings by their bytes: no collation');
  const v = view(cmd.$db, t);
  v.db = cmd.$db;
  return h(cmd, v, fl);
}
net
  .createServer((s) => {
    s.setNoDelay(true);
    s.on('error', () => {});
    let buf = Buffer.alloc(0),
      chain = Promise.resolve();
    s.on('data', (d) => {
      buf = buf.length ? Buffer.concat([buf, d]) : d;
      while (buf.length >= 4 && buf.length >= buf.readInt32LE(0)) {
        const m = buf.subarray(0, buf.readInt32LE(0));
        buf = buf.subarray(m.length);
        chain = chain
          .then(() => one(m))
          .catch((e) => {
            if (!e?.close) console.error(e);
            s.destroy();
          });
      }
    });
    async function one(m) {
      const id = m.readInt32LE(4),
        op = m.readInt32LE(12);
      let cmd,
        fl = 0;
      if (op === 2004) {
        let o = 20;
        while (m[o]) o++;
        cmd = de(m.subarray(o + 9));
        cmd = cmd.$query || cmd;
        cmd.$db ??= m.toString('latin1', 20, o).split('.')[0];
      } else if (op === 2013) {
        fl = m.readUInt32LE(16);
        let o = 20;
        const end = m.length - (fl & 1 ? 4 : 0),
          sq = [];
        while (o < end) {
          const k = m[o++],
            len = m.readInt32LE(o);
          if (!k) cmd = de(m.subarray(o, o + len));
          else {
            let p = o + 4;
            const z = m.indexOf(0, p),
              nm = m.toString('utf8', p, z),
              ds = [];
            p = z + 1;
            while (p < o + len) {
              const l = m.readInt32LE(p);
              ds.push(de(m.subarray(p, p + l)));
              p += l;
            }
            sq.push([nm, ds]);
          }
          o += len;
        }
        for (const [n, d] of sq) cmd[n] = d;
      } else return s.destroy();
      let rid = id;
      for (;;) {
        let r;
        try {
          r = await run(cmd, fl);
        } catch (e) {
          if (e?.close) throw e;
          r = e.m || {
            ok: 0,
            code: e.dup?.code ?? 2,
            codeName: e.dup ? 'DuplicateKey' : 'BadValue',
            errmsg: String(e.message),
            ...e.dup,
          };
          if (process.env.DBG && !e.m && !e.dup)
            console.error(Object.keys(cmd)[0], e.stack?.split('\n').slice(0, 3).join(' | '));
        }
        if (fl & 2) return;
        const more = fl & 65536 && Object.keys(cmd)[0] === 'getMore' && r.cursor && !r.cursor.id.isZero();
        const b = ser(r),
          h = Buffer.alloc(op === 2004 ? 36 : 21);
        h.writeInt32LE(h.length + b.length, 0);
        h.writeInt32LE(1, 4);
        h.writeInt32LE(rid, 8);
        h.writeInt32LE(op === 2004 ? 1 : 2013, 12);
        if (op === 2004) h.writeInt32LE(1, 32);
        else if (more) h.writeUInt32LE(2, 16);
        s.write(Buffer.concat([h, b]));
        if (!more) return;
        rid = 1;
      }
    }
  })
  .listen(port, '127.0.0.1', function () {
    port = this.address().port;
    console.log(`port ${port}`);
  });
process.stdin.on('end', () => process.exit(0)).resume();
