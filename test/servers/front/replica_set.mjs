// The set: who is primary, in which term, and the time all members share. Elections come `electionMs` after the primary
// is lost, or when a test says so. All members share one store, so there is neither lag nor rollback.
import { Binary, Long, Timestamp } from 'bson';

export class ReplicaSet {
  members = [];
  term = 0;
  primary = null;
  held = false; // no election but those a test asks for
  statistics = { elections: 0, replayed: 0, refused: 0, streams: 0 };
  #ticks = 0;
  #election = null;
  constructor(name, electionMs) {
    this.name = name;
    this.electionMs = electionMs;
  }

  get addresses() {
    return this.members.map((member) => member.address);
  }

  tick() {
    this.#ticks++;
  }

  get time() {
    return new Timestamp({ t: Math.floor(Date.now() / 1000), i: this.#ticks });
  }

  // What goes with every reply.
  get gossip() {
    const signature = { hash: new Binary(Buffer.alloc(20)), keyId: Long.fromNumber(0) };
    return { operationTime: this.time, $clusterTime: { clusterTime: this.time, signature } };
  }

  reset() {
    this.hold(false);
    Object.keys(this.statistics).forEach((name) => (this.statistics[name] = 0));
    if (this.primary !== this.members[0]) this.elect(this.members[0]);
  }

  elect(member) {
    clearTimeout(this.#election);
    this.#election = null;
    this.primary = member;
    this.term++;
    this.statistics.elections++;
    this.#changed();
  }

  // The primary stepped down or is gone: the next member that runs takes over.
  lost(member) {
    if (this.primary !== member) return;
    this.primary = null;
    this.#changed();
    this.#call(member.index + 1);
  }

  // A member came (back): without a primary there is an election.
  joined(member) {
    if (!this.primary) this.#call(member.index);
  }

  hold(held) {
    this.held = held;
    clearTimeout(this.#election);
    this.#election = null;
    if (!held && !this.primary) this.#call(0);
  }

  #call(first) {
    if (this.held || this.#election) return;
    this.#election = setTimeout(() => {
      this.#election = null;
      const order = this.members.map((_, i) => this.members[(first + i) % this.members.length]);
      const next = order.find((member) => member.up);
      if (next) this.elect(next);
    }, this.electionMs);
  }

  #changed() {
    for (const member of this.members) member.changed();
  }
}
