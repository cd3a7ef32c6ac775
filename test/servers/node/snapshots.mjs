// Snapshot reads: the first one of a session keeps all there is as it is, and its reply says of which time that is; those
// that name that time read what was kept.
import { Timestamp } from 'bson';
import { failure } from './errors.mjs';
import { collections } from './store.mjs';

const most = 20;
const kept = new Map();
const reading = new Set(['find', 'aggregate', 'distinct']);

// To a View it is like a transaction that touches no more than it has.
class Snapshot {
  touched = new Map([...collections].map(([namespace, collection]) => [namespace, collection.clone()]));
  constructor(number) {
    this.time = new Timestamp({ t: 1, i: number });
  }
  touch() {}
  stamp(reply) {
    (reply.cursor ?? reply).atClusterTime = this.time;
    return reply;
  }
}

let last = 0;
function take() {
  const snapshot = new Snapshot(++last);
  kept.set(String(snapshot.time), snapshot);
  if (kept.size > most) kept.delete(kept.keys().next().value);
  return snapshot;
}

// The snapshot the command reads, if it asks for one outside of a transaction.
export function snapshotOf(command, name) {
  const { level, atClusterTime } = command.readConcern ?? {};
  if (level !== 'snapshot' || command.autocommit !== undefined) return null;
  if (!reading.has(name)) throw failure(72, 'InvalidOptions', `${name} does not support the read concern snapshot`);
  if (!atClusterTime) return take();
  const snapshot = kept.get(String(atClusterTime));
  if (!snapshot) throw failure(239, 'SnapshotTooOld', 'the snapshot is not kept any more');
  return snapshot;
}
