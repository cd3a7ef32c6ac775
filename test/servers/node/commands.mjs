// Which command is answered by what, and what goes for all of them: the fail point, transactions, what is refused.
import * as administration from './administration.mjs';
import * as cursors from './cursors.mjs';
import { failure } from './errors.mjs';
import { FailPoint } from './fail_point.mjs';
import * as reads from './reads.mjs';
import { once } from './retried.mjs';
import { snapshotOf } from './snapshots.mjs';
import { View } from './store.mjs';
import * as transactions from './transactions.mjs';
import * as writes from './writes.mjs';

const failPoint = new FailPoint();

// It is the primary of a set of one, unless somebody waits for a replSetInitiate (stand_in/mongod).
export const set = { name: 'rs0', initiated: true };

const ofSet = (self) =>
  set.initiated ? { setName: set.name, hosts: [self], primary: self, me: self } : { isreplicaset: true };

const hello = (command, view, self) => ({
  isWritablePrimary: set.initiated,
  ismaster: set.initiated,
  helloOk: true,
  ...ofSet(self),
  maxBsonObjectSize: 16777216,
  maxMessageSizeBytes: 48000000,
  maxWriteBatchSize: 100000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: 30,
  connectionId: 1,
  minWireVersion: 0,
  maxWireVersion: 25,
  readOnly: false,
  ok: 1,
});
const buildInfo = () => ({ version: '8.0.0', versionArray: [8, 0, 0, 0], ok: 1 });

const commands = {
  ...reads.commands,
  ...writes.commands,
  ...cursors.commands,
  ...administration.commands,
  hello,
  isMaster: hello,
  ismaster: hello,
  buildInfo,
  buildinfo: buildInfo,
  findandmodify: writes.commands.findAndModify,
  ping: () => ({ ok: 1 }),
  serverStatus: () => ({ ok: 1, version: '8.0.0' }),
  replSetInitiate,
  explain: () => ({ queryPlanner: {}, ok: 1 }),
  endSessions: transactions.endSessions,
  killAllSessions: transactions.killAllSessions,
  configureFailPoint: (command) => failPoint.configure(command),
};

function replSetInitiate(command, view, self) {
  const { _id, members } = command.replSetInitiate;
  if (set.initiated) throw failure(23, 'AlreadyInitialized', 'already initialized');
  if (_id !== set.name || members.length !== 1 || members[0].host !== self)
    throw failure(93, 'InvalidReplicaSetConfig', `this is ${self} of the set ${set.name}`);
  setTimeout(() => (set.initiated = true), 100);
  return { ok: 1 };
}

function checkCollation(command) {
  if ([command, ...(command.updates ?? []), ...(command.deletes ?? [])].some((part) => part.collation))
    throw failure(115, 'CommandNotSupported', 'this server compares strings by their bytes: no collation');
}

async function answer(command, name, self) {
  const { transaction, reply } = transactions.enter(command, name);
  if (reply) return reply;
  if (!commands[name]) throw failure(59, 'CommandNotFound', `no such command: '${name}'`);
  checkCollation(command);
  const snapshot = snapshotOf(command, name);
  const answered = await commands[name](command, new View(command.$db, transaction ?? snapshot), self);
  return snapshot ? snapshot.stamp(answered) : answered;
}

// The reply; null: the connection is to be closed without one. `self` is the server's own address.
export async function run(command, application, self) {
  const name = Object.keys(command)[0];
  const met = await failPoint.meet(command, application);
  if (met?.close) return null;
  if (met?.reply) return met.reply;
  const reply = await once(command, name, () => answer(command, name, self));
  if (met?.keep) return new Promise(() => {});
  return met?.lose ? null : { ...reply, ...met?.more };
}
