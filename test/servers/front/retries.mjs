// What a set remembers of sessions: a write that comes again with its number is not done again, and a transaction ends
// with the term of the primary it was begun on, unless its commit was done.
import { replyIn } from '../node/message.mjs';
import { writes } from './roles.mjs';

const remembered = 5000;

function remember(map, key, value) {
  map.set(key, value);
  if (map.size > remembered) map.delete(map.keys().next().value);
  return value;
}

const keyOf = (command) => command.lsid.id.toString('hex') + ':' + command.txnNumber;

export class Retries {
  #replies = new Map();
  #transactions = new Map();
  constructor(set) {
    this.set = set;
  }

  // Runs `forward`, unless this write was done or is being done. Failed commands are forgotten.
  async write(command, name, forward) {
    if (command.txnNumber === undefined || command.autocommit !== undefined || !writes.has(name)) return forward();
    const key = keyOf(command);
    const earlier = this.#replies.get(key);
    if (earlier) {
      this.set.statistics.replayed++;
      const reply = await earlier;
      if (reply) return reply;
    }
    const reply = await remember(this.#replies, key, forward());
    if (!reply || !replyIn(reply).ok) this.#replies.delete(key);
    return reply;
  }

  // The refusal of a command in a transaction that a change of primaries has ended; or null.
  async lostTransaction(command, name) {
    if (command.autocommit === undefined) return null;
    const key = keyOf(command);
    if (command.startTransaction) remember(this.#transactions, key, { term: this.set.term });
    const transaction = this.#transactions.get(key);
    if (name === 'commitTransaction' && (await transaction?.committed)) return null;
    if (transaction?.term === this.set.term) return null;
    return {
      ok: 0,
      code: 251,
      codeName: 'NoSuchTransaction',
      errmsg: 'the transaction ended with its primary',
      errorLabels: ['TransientTransactionError'],
    };
  }

  // A commit is on its way: whoever repeats it waits for this one.
  committing(command, name, reply) {
    const transaction = name === 'commitTransaction' && this.#transactions.get(keyOf(command));
    if (transaction) transaction.committed ??= reply.then((frame) => !!frame && replyIn(frame).ok === 1);
  }
}
