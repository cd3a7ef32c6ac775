// Retryable writes: one that comes again with its number is not done again, its first reply is. Of each session the last.
const done = new Map();
const writes = new Set(['insert', 'update', 'delete', 'findAndModify']);

export async function once(command, name, write) {
  if (!command.lsid || command.txnNumber === undefined || command.autocommit !== undefined || !writes.has(name))
    return write();
  const session = command.lsid.id.toString('hex');
  const number = String(command.txnNumber);
  const last = done.get(session);
  if (last?.number === number) return last.reply;
  const reply = await write();
  done.set(session, { number, reply });
  return reply;
}

export const forget = (session) => done.delete(session);
