// The log of changes behind change streams: whoever waits is woken by the next one.
import * as mingo from 'mingo';
import { Timestamp } from 'bson';

const log = [];
const waiting = new Set();

export const logLength = () => log.length;
// A place in the log, behind so many changes, as clients know it.
export const tokenOf = (place) => ({ _data: String(place).padStart(20, '0') });
export const placeOf = (token) => token && Number(token._data);

export function changed(namespace, operation, document, id) {
  log.push({ number: log.length + 1, namespace, operation, document, id });
  for (const wake of waiting) wake();
}

export const nextChange = (limit) =>
  new Promise((resolve) => {
    const wake = () => {
      waiting.delete(wake);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(wake, limit);
    waiting.add(wake);
  });

function eventOf({ number, namespace, operation, document, id }) {
  const [database, ...collection] = namespace.split('.');
  return {
    _id: tokenOf(number),
    operationType: operation,
    clusterTime: new Timestamp({ t: 1, i: number }),
    ns: { db: database, coll: collection.join('.') },
    documentKey: { _id: id },
    ...(document && { fullDocument: document }),
  };
}

// Advances the stream to the end of the log; gives what is new to it.
export function takeChanges(stream) {
  const news = log
    .slice(stream.from)
    .filter(({ namespace }) =>
      stream.collection
        ? namespace === stream.collection
        : !stream.database || namespace.startsWith(stream.database + '.'),
    )
    .map(eventOf);
  stream.from = log.length;
  return stream.stages.length ? mingo.aggregate(news, stream.stages) : news;
}
