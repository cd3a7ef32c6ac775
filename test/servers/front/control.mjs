// What tests tell the front, as commands on `admin` to any member or to the control port; {frontX: member number, ...}.
// And the commands of a real set that only the front can answer.

const notPrimary = { ok: 0, code: 10107, codeName: 'NotWritablePrimary', errmsg: 'not primary' };

function statistics(front) {
  const { set } = front;
  const members = front.members.map((member) => ({
    address: member.address,
    up: member.up,
    commands: member.commands,
    connections: member.sockets.size,
  }));
  return { ...set.statistics, term: set.term, primary: set.primary?.index ?? -1, members, ok: 1 };
}

function status(front) {
  const state = (one) => (!one.up ? 'DOWN' : one.isPrimary ? 'PRIMARY' : 'SECONDARY');
  const members = front.members.map((one) => ({ _id: one.index, name: one.address, stateStr: state(one) }));
  return { set: front.set.name, members };
}

// Each gives the reply; `after` is done once it is out.
export const commands = {
  replSetStepDown({ member, front }) {
    if (!member.isPrimary) return notPrimary;
    return { after: () => front.set.lost(member) };
  },
  replSetGetStatus: ({ front }) => status(front),

  // The member's process is killed; started again on the same port.
  frontKill: ({ command, front }) => ({ after: () => front.members[command.frontKill].stop() }),
  async frontStart({ command, front }) {
    const member = front.members[command.frontStart];
    await member.start();
    front.set.joined(member);
    return {};
  },
  // {frontHold: true}: no elections by themselves from now on. {frontElect: i}: this one, at once.
  frontHold({ command, front }) {
    front.set.hold(command.frontHold);
    return {};
  },
  frontElect({ command, front }) {
    front.set.elect(front.members[command.frontElect]);
    return {};
  },
  frontStepDown({ front }) {
    front.set.lost(front.set.primary);
    return {};
  },
  // As at the beginning: all members up and alike, the first one primary, nothing counted, nothing to fail.
  async frontReset({ front }) {
    for (const member of front.members) await member.reset();
    front.set.reset();
    front.log.length = 0;
    return {};
  },
  // {frontSet: i, tags, lagSeconds, slowMs, silent}: what its hello says, how long all its replies take, or that there
  // are none.
  frontSet({ command, front }) {
    const member = front.members[command.frontSet];
    for (const name of ['tags', 'lagSeconds', 'slowMs', 'silent']) if (name in command) member[name] = command[name];
    member.changed();
    return {};
  },
  // {frontFail: i, mode, data}: configureFailPoint on a member that is no primary, or not even reachable.
  frontFail: ({ command, front }) => front.members[command.frontFail].failPoint.configure(command),
  // {frontWait: i, name, count}: answered when the member has got so many of these commands.
  async frontWait({ command, front }) {
    await front.members[command.frontWait].untilCounted(command.name, command.count);
    return {};
  },
  frontStats: ({ front }) => statistics(front),
  // The last commands other than hello, as they came, without their documents; the log is emptied.
  frontLog: ({ front }) => ({ commands: front.log.splice(0) }),
};
