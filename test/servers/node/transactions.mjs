// Transactions, optimistic: each works on copies of the collections it touches; its commit fails if others changed
// them. A commit that comes again is told that all is done: drivers repeat it when a reply was lost.
import { failure } from './errors.mjs';
import { forget } from './retried.mjs';
import { collections } from './store.mjs';

const open = new Map();
const committed = new Map();

class Transaction {
  touched = new Map();
  base = new Map();
  constructor(number) {
    this.number = number;
  }
  touch(namespace, collection) {
    const copy = collection.clone();
    const there = collections.get(namespace)?.documents;
    this.base.set(namespace, { documents: there, version: there?.version });
    this.touched.set(namespace, copy);
    return copy;
  }
  commit() {
    for (const [namespace, { documents, version }] of this.base) {
      const now = collections.get(namespace)?.documents;
      if (now !== documents || now?.version !== version)
        throw failure(112, 'WriteConflict', 'WriteConflict', { errorLabels: ['TransientTransactionError'] });
    }
    for (const [namespace, copy] of this.touched) collections.set(namespace, copy);
  }
}

// {transaction} the command runs in, if any; {reply} if the command was the transaction's end.
export function enter(command, name) {
  if (!command.lsid || command.autocommit !== false) return {};
  const session = command.lsid.id.toString('hex');
  const number = Number(command.txnNumber);
  if (command.startTransaction) open.set(session, new Transaction(number));
  const transaction = open.get(session);
  if (name === 'commitTransaction' && committed.get(session) === number) return { reply: { ok: 1 } };
  if (!transaction || transaction.number !== number)
    throw failure(251, 'NoSuchTransaction', 'no transaction', { errorLabels: ['TransientTransactionError'] });
  if (name !== 'commitTransaction' && name !== 'abortTransaction') return { transaction };
  open.delete(session);
  if (name === 'commitTransaction') {
    transaction.commit();
    committed.set(session, number);
  }
  return { reply: { ok: 1 } };
}

export function endSessions(command) {
  for (const { id } of command.endSessions ?? []) {
    open.delete(id.toString('hex'));
    committed.delete(id.toString('hex'));
    forget(id.toString('hex'));
  }
  return { ok: 1 };
}

export function killAllSessions() {
  open.clear();
  return { ok: 1 };
}
