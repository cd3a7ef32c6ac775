// What only a primary does, and how a member that is none refuses it.
import { labelsOf } from '../node/errors.mjs';
import { topologyVersion } from './hello.mjs';

export const writes = new Set(
  `insert update delete findAndModify findandmodify create drop createIndexes dropIndexes dropDatabase
  commitTransaction abortTransaction`.split(/\s+/),
);
const reads = new Set('find aggregate count distinct listCollections listIndexes listDatabases'.split(' '));

// Servers say with these in which state they were.
const stateChanges = new Set([91, 189, 10058, 10107, 11600, 11602, 13435, 13436]);
export const isStateChange = (error) => stateChanges.has(error.reply?.code);

export function refusal(member, command, name) {
  const mode = command.$readPreference?.mode ?? 'primary';
  const writing = writes.has(name) || command.autocommit !== undefined;
  if (member.isPrimary || !(writing || (reads.has(name) && mode === 'primary'))) return null;
  const code = writing ? 10107 : 13435;
  const labels = labelsOf(command, name, code);
  return {
    ok: 0,
    code,
    ...(writing
      ? { codeName: 'NotWritablePrimary', errmsg: 'not primary' }
      : { codeName: 'NotPrimaryNoSecondaryOk', errmsg: 'not primary and secondaryOk=false' }),
    ...(labels.length && { errorLabels: labels }),
    topologyVersion: topologyVersion(member),
  };
}
