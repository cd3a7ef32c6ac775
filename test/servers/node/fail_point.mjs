// Fail points of MongoDB's own tests. failCommand: some commands fail as they are told to, so many times.
// onPrimaryTransactionalWrite: a retryable write fails before it is done, or its connection breaks after it.
// Two more things than MongoDB's: the command is done, and then its connection closed instead of a reply (`loseReply`)
// or left as it is (`keepReply`).
import { failure, labelsOf, nameOf } from './errors.mjs';

const isRetryable = (command) => command.txnNumber !== undefined && command.autocommit === undefined;

// Not longer than the command may take.
async function block(milliseconds, most) {
  await new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, most)));
  if (milliseconds > most) throw failure(50, nameOf(50), 'operation exceeded time limit');
}

export class FailPoint {
  data = null;
  left = 0;
  skipped = 0;
  ofWrites = null; // {left, skip, code, close}
  #last = null;

  configure({ configureFailPoint: name, mode, data }) {
    if (name === 'onPrimaryTransactionalWrite') {
      const { failBeforeCommitExceptionCode: code, closeConnection: close = true } = data ?? {};
      this.ofWrites = mode === 'off' ? null : { left: mode?.times ?? Infinity, skip: mode?.skip ?? 0, code, close };
      return { ok: 1 };
    }
    this.data = mode === 'off' ? null : (data ?? {});
    this.left = mode?.times ?? Infinity;
    this.skipped = mode?.skip ?? 0;
    return { ok: 1 };
  }

  // Whether this write comes again: then nothing is written, and the fail point not met.
  #wasDone(command) {
    const key = command.lsid.id.toString('hex') + command.txnNumber;
    if (this.#last === key && this.ofWrites.code === undefined) return true;
    this.#last = key;
    return false;
  }

  #meetWrite(name) {
    const { code, close } = this.ofWrites;
    if (this.ofWrites.skip-- > 0) return null;
    this.ofWrites.left--;
    if (code === undefined) return close ? { lose: true } : null;
    if (close) return { close: true };
    const errmsg = 'Failing write via failpoint';
    if (name === 'findAndModify') throw failure(code, nameOf(code), errmsg);
    return { reply: { n: 0, nModified: 0, writeErrors: [{ index: 0, code, errmsg }], ok: 1 } };
  }

  #concerns(name, application) {
    if (!this.data?.failCommands?.includes(name) || this.left <= 0) return false;
    if (this.data.appName !== undefined && this.data.appName !== application) return false;
    if (this.skipped <= 0) return true;
    this.skipped--;
    return false;
  }

  // Null, or what becomes of this command: {close} its connection, {lose} or {keep} the reply once it is done, say {reply}
  // instead, add {more} to it; an error is thrown. `application`: how the client named itself in its hello.
  async meet(command, application) {
    const name = Object.keys(command)[0];
    if (this.ofWrites?.left > 0 && isRetryable(command) && !this.#wasDone(command)) return this.#meetWrite(name);
    if (!this.#concerns(name, application)) return null;
    this.left--;
    const data = this.data; // it may be switched off while this command is held up
    const { errorCode, errorLabels, writeConcernError, loseReply, keepReply } = data;
    const most = name === 'getMore' ? undefined : command.maxTimeMS; // there it is how long to wait for news
    if (data.blockConnection) await block(data.blockTimeMS, Number(most ?? Infinity));
    if (data.closeConnection) return { close: true };
    if (errorCode !== undefined) {
      const labels = errorLabels ?? labelsOf(command, name, errorCode);
      throw failure(errorCode, nameOf(errorCode), 'Failing command via failpoint', labels.length && { errorLabels: labels });
    }
    if (loseReply) return { lose: true };
    if (keepReply) return { keep: true };
    const inTransaction = command.autocommit !== undefined && !name.endsWith('Transaction');
    const labels = errorLabels ?? (inTransaction ? [] : labelsOf(command, name, writeConcernError?.code));
    return { more: { ...(writeConcernError && { writeConcernError }), ...(labels.length && { errorLabels: labels }) } };
  }
}
