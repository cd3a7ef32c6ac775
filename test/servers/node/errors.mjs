// Errors as they are thrown here: what the client is told stands in `reply`, of a duplicate key in `duplicate`.
// And the labels a server since MongoDB 4.4 adds by itself.
import { EJSON } from './values.mjs';

export const failure = (code, codeName, errmsg, more = {}) =>
  Object.assign(new Error(errmsg), { reply: { ok: 0, code, codeName, errmsg, ...more } });

export const duplicateKey = (namespace, index, shown, keyPattern, keyValue) =>
  Object.assign(
    new Error(`E11000 duplicate key error collection: ${namespace} index: ${index} dup key: ${EJSON.stringify(shown)}`),
    { duplicate: { code: 11000, keyPattern, keyValue } },
  );

export function replyOf(error) {
  if (error.reply) return error.reply;
  const named = error.duplicate ? { code: 11000, codeName: 'DuplicateKey' } : { code: 2, codeName: 'BadValue' };
  return { ok: 0, ...named, errmsg: String(error.message), ...error.duplicate };
}

const retryable = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const transient = new Set([...retryable, 24, 112, 246, 251, 267]);

const names = {
  6: 'HostUnreachable',
  7: 'HostNotFound',
  50: 'MaxTimeMSExpired',
  89: 'NetworkTimeout',
  91: 'ShutdownInProgress',
  112: 'WriteConflict',
  189: 'PrimarySteppedDown',
  251: 'NoSuchTransaction',
  262: 'ExceededTimeLimit',
  10107: 'NotWritablePrimary',
  11600: 'InterruptedAtShutdown',
  11601: 'Interrupted',
  11602: 'InterruptedDueToReplStateChange',
};
export const nameOf = (code) => names[code] ?? 'FailPoint';

// What a driver may do about an error of this command.
export function labelsOf(command, name, code) {
  const ending = name === 'commitTransaction' || name === 'abortTransaction';
  const inTransaction = command.autocommit !== undefined;
  if (inTransaction && !ending && transient.has(code)) return ['TransientTransactionError'];
  if (name === 'commitTransaction' && [24, 112, 246, 251, 267].includes(code)) return ['TransientTransactionError'];
  const retried = ending || (command.txnNumber !== undefined && !inTransaction);
  return retried && retryable.has(code) ? ['RetryableWriteError'] : [];
}
