import type { LedgerEvent } from "../ledger/event.ts";
import { listed } from "../report/text.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { moment } from "./words.ts";

export interface Freeze {
  /** undefined: every environment. */
  readonly stack?: string;
  readonly reason: string;
  readonly until?: Date;
  readonly by: string;
  readonly event: string;
}

/** Freezes of a stack, and of all of them, that hold now. `unfreeze` ends those of its own scope. */
export function activeFreezes(events: readonly LedgerEvent[], stack: string, now: Date): Freeze[] {
  let freezes: Freeze[] = [];
  for (const { what, id, actor } of events) {
    if (what.kind === "freeze" && (what.stack === undefined || what.stack === stack)) {
      const { stack: scope, reason, until } = what;
      freezes.push({
        reason,
        by: actor.name,
        event: id,
        ...(scope === undefined ? {} : { stack: scope }),
        ...(until === undefined ? {} : { until: new Date(until) }),
      });
    }
    if (what.kind === "unfreeze") freezes = freezes.filter((freeze) => freeze.stack !== what.stack);
  }
  return freezes.filter(({ until }) => until === undefined || !(until <= now));
}

/** A freeze never stands before recovery: a rollback passes it, and a hotfix that a second person approved. */
export function freezeGate(input: GateInput, approved: boolean): Verdict {
  const freezes = activeFreezes(input.events, input.stack, input.now);
  const evidence = freezes.map(({ event }) => event);
  if (freezes.length === 0) return verdict("freeze", { open: true, code: "not-frozen", text: `${input.stack} is not frozen` });
  const said = listed(
    freezes.map(
      ({ stack, reason, by, until }) =>
        `${stack ?? "everything"} is frozen${until === undefined ? "" : ` until ${moment(until)}`} by ${by}: ${reason}`,
    ),
  );
  if (input.lane === "hotfix" && approved)
    return verdict("freeze", { open: true, code: "approved-hotfix", text: `${said}; an approved hotfix passes`, evidence });
  const ends = freezes.map(({ until }) => until?.getTime());
  const opensAt = ends.every((end) => end !== undefined && Number.isFinite(end)) ? new Date(Math.max(...(ends as number[]))) : undefined;
  const next = `${commandOf(input)} unfreeze${freezes[0]?.stack === undefined ? "" : ` ${freezes[0].stack}`}`;
  return verdict("freeze", { open: false, code: "frozen", text: said, next, evidence, ...(opensAt === undefined ? {} : { opensAt }) });
}
