import type { Actor, Happening, Ledger, LedgerEvent } from "../../ops/ledger/event.ts";

/** A ledger in memory. `now`: when what is appended next happens. */
export class Kept implements Ledger {
  readonly events: LedgerEvent[] = [];
  who: Actor;
  readonly #now: () => Date;

  constructor(who: Actor = { name: "Sam", email: "sam@example.com" }, now = () => new Date()) {
    this.who = who;
    this.#now = now;
  }

  actor = async () => this.who;
  read = async () => ({ events: [...this.events], findings: [] });
  sync = async () => ({ sent: 0, received: 0, offline: false });
  append: Ledger["append"] = async (...what) => {
    const at = this.#now().toISOString();
    const last = this.events.length;
    const added = what.map((one, i) => ({
      id: `e${last + i + 1}`,
      number: last + i + 1,
      previous: null,
      at,
      actor: this.who,
      what: one,
    }));
    this.events.push(...added);
    return { events: added, unsynced: 0 };
  };
  of<K extends Happening["kind"]>(kind: K) {
    return this.events.flatMap(({ what }) => (what.kind === kind ? [what as Extract<Happening, { kind: K }>] : []));
  }
}
