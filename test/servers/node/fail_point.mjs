// The failCommand fail point of MongoDB's own tests: some commands fail as they are told to, so many times.
// One more thing than MongoDB's: with `loseReply` the command is done, and its reply never comes.
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

  // Null, or what becomes of this command: {close} its connection, {lose} the reply once it is done, add {more} to the
  // reply; an error is thrown. `application`: how the client named itself in its hello.
  async meet(command, application) {
    const name = Object.keys(command)[0];
    if (!this.#concerns(name, application)) return null;
    this.left--;
    const { blockConnection, blockTimeMS, closeConnection, errorCode, errorLabels, writeConcernError, loseReply } =
      this.data;
    if (blockConnection) await new Promise((resolve) => setTimeout(resolve, blockTimeMS));
    if (closeConnection) return { close: true };
    if (errorCode !== undefined) {
      const labels = errorLabels ?? labelsOf(command, name, errorCode);
      throw failure(errorCode, 'FailPoint', 'Failing command via failpoint', labels.length && { errorLabels: labels });
    }
    if (loseReply) return { lose: true };
    const labels = errorLabels ?? labelsOf(command, name, writeConcernError?.code);
    return { more: { ...(writeConcernError && { writeConcernError }), ...(labels.length && { errorLabels: labels }) } };
  }
}
