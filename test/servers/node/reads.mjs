// Commands that read.
import * as mingo from 'mingo';
import { logLength, placeOf, tokenOf } from './changes.mjs';
import { cursorReply } from './cursors.mjs';
import { duplicateKey, failure } from './errors.mjs';
import { checkHint } from './indexes.mjs';
import { idFirst, match, optionsOf } from './query.mjs';
import { keyOf, valuesAt } from './values.mjs';

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

function changeStream(command, view, stages) {
  const ofOne = typeof command.aggregate === 'string';
  const namespace = view.database + '.' + command.aggregate;
  const { resumeAfter, startAfter, allChangesForCluster } = command.pipeline[0].$changeStream;
  const from = placeOf(resumeAfter ?? startAfter) ?? logLength();
  const database = allChangesForCluster ? null : view.database;
  const reply = cursorReply(namespace, [], 0, { stream: { stages, from, collection: ofOne ? namespace : null, database } });
  reply.cursor.postBatchResumeToken = tokenOf(from);
  return reply;
}

function writeOut(target, replaces, documents, view) {
  const name = typeof target === 'string' ? target : (target.into?.coll ?? target.into ?? target.coll);
  const collection = view.collection(name, true);
  if (replaces) collection.documents.clear();
  for (const { _id } of target.whenMatched === 'fail' ? documents : [])
    if (collection.documents.has(keyOf(_id)))
      throw duplicateKey(collection.namespace, '_id_', { _id }, { _id: 1 }, { _id });
  for (const document of documents) collection.documents.set(keyOf(document._id), document);
}

export const commands = {
  find(command, view) {
    const collection = view.collection(command.find);
    checkHint(collection, command.hint);
    const matching = match(collection, command.filter, view, command);
    let found = mingo.find(matching, {}, command.projection || {}, optionsOf(view, command));
    if (command.sort && Object.keys(command.sort).length) found = found.sort(command.sort);
    if (command.skip) found = found.skip(command.skip);
    if (command.limit) found = found.limit(Math.abs(command.limit));
    const documents = command.projection ? found.all().map(idFirst) : found.all();
    return cursorReply(view.database + '.' + command.find, documents, command.batchSize, {
      whole: command.singleBatch || command.limit < 0,
      stream: command.tailable ? { tail: true } : null,
    });
  },

  aggregate(command, view) {
    const collection = typeof command.aggregate === 'string' ? view.collection(command.aggregate) : null;
    let pipeline = joinFirst(command.pipeline);
    if (pipeline[0]?.$changeStream) return changeStream(command, view, pipeline.slice(1));
    const { viewOn, pipeline: viewed } = collection?.options ?? {};
    if (viewOn) pipeline = [...viewed, ...pipeline];
    if (pipeline[0]?.$listLocalSessions) pipeline = [{ $documents: [{ _id: command.lsid }] }, ...pipeline.slice(1)];
    const source = [...((viewOn ? view.collection(viewOn) : collection)?.documents.values() || [])];
    const last = pipeline.at(-1);
    const target = last?.$out || last?.$merge;
    if (target && command.readConcern?.level === 'linearizable')
      throw failure(72, 'InvalidOptions', 'a pipeline that writes cannot be read with the read concern linearizable');
    const documents = mingo.aggregate(source, target ? pipeline.slice(0, -1) : pipeline, optionsOf(view, command));
    if (target) {
      writeOut(target, last.$out, documents, view);
      return cursorReply(view.database + '.' + command.aggregate, [], 0, { whole: true });
    }
    const name = command.aggregate === 1 ? '$cmd.aggregate' : command.aggregate;
    return cursorReply(view.database + '.' + name, documents, command.cursor?.batchSize);
  },

  count(command, view) {
    const { viewOn, pipeline } = view.collection(command.count)?.options ?? {};
    if (viewOn) {
      const counted = [...pipeline, { $match: command.query ?? {} }, { $count: 'n' }];
      const found = commands.aggregate({ aggregate: viewOn, pipeline: counted, cursor: {} }, view);
      return { n: found.cursor.firstBatch[0]?.n ?? 0, ok: 1 };
    }
    let n = match(view.collection(command.count), command.query, view, command).length;
    if (command.skip) n = Math.max(0, n - command.skip);
    if (command.limit) n = Math.min(n, command.limit);
    return { n, ok: 1 };
  },

  distinct(command, view) {
    const values = new Map();
    for (const document of match(view.collection(command.distinct), command.query, view, command))
      for (const value of valuesAt(document, command.key).flat())
        if (value !== undefined) values.set(keyOf(value), value);
    return { values: [...values.values()], ok: 1 };
  },
};
