// The failCommand fail point of MongoDB's own tests: some commands fail as they are told to, so many times.
// Two more things than MongoDB's: the command is done, and then its connection closed instead of a reply (`loseReply`)
// or left as it is (`keepReply`).
import { failure, labelsOf } from './errors.mjs';

export class FailPoint {
  data = null;
  left = 0;
  skipped = 0;

  configure({ mode, data }) {
    this.data = mode === 'off' ? null : (data ?? {});
    this.left = mode?.times ?? Infinity;
    this.skipped = mode?.skip ?? 0;
    return { ok: 1 };
  }

  #concerns(name, application) {
    if (!this.data?.failCommands?.includes(name) || this.left <= 0) return false;
    if (this.data.appName !== undefined && this.data.appName !== application) return false;
    if (this.skipped <= 0) return true;
    this.skipped--;
    return false;
  }

  // Null, or what becomes of this command: {close} its connection, {lose} or {keep} the reply once it is done, add {more}
  // to it; an error is thrown. `application`: how the client named itself in its hello.
  async meet(command, application) {
    const name = Object.keys(command)[0];
    if (!this.#concerns(name, application)) return null;
    this.left--;
    const { errorCode, errorLabels, writeConcernError, loseReply, keepReply } = this.data;
    if (this.data.blockConnection) await new Promise((resolve) => setTimeout(resolve, this.data.blockTimeMS));
    if (this.data.closeConnection) return { close: true };
    if (errorCode !== undefined) {
      const labels = errorLabels ?? labelsOf(command, name, errorCode);
      throw failure(errorCode, 'FailPoint', 'Failing command via failpoint', labels.length && { errorLabels: labels });
    }
    if (loseReply) return { lose: true };
    if (keepReply) return { keep: true };
    const labels = errorLabels ?? labelsOf(command, name, writeConcernError?.code);
    return { more: { ...(writeConcernError && { writeConcernError }), ...(labels.length && { errorLabels: labels }) } };
  }
}
