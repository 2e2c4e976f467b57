import { type LivePeriod, lasted, livePeriods } from "../../components/live-periods.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { GateInput, Ran } from "./input.ts";

/** What broke a release's time in an environment. */
export interface Trouble {
  readonly kind: "failed" | "rolled-back" | "incident";
  readonly at: number;
  readonly event: string;
  readonly text: string;
  /** Since when its time counts again; Infinity while it does not. */
  readonly resumes: number;
}

/** How a release stands in an environment that it ran in. */
export interface Standing {
  /** Was it ever live there, by the environment's own record or the ledger's? */
  readonly ran: boolean;
  /** Is there a time in which it was live and had passed its tests? A failure takes away what was before it. */
  readonly proven: boolean;
  /** Milliseconds of the longest time without a break or trouble. */
  readonly longest: number;
  /** When the time that still runs began; undefined when it does not run (any more). */
  readonly counting?: number;
  /** Newest last. */
  readonly troubles: readonly Trouble[];
  readonly evidence: readonly string[];
  /** Releases that followed it there. */
  readonly later: number;
}

/**
 * The clocks of a cluster and of the machine that writes the ledger may differ by this much (Kerberos allows five minutes, and so do
 * most): within it the order of the ledger's entries decides, not the times.
 */
const SKEW = 5 * 60_000;

/** Judges by the environment's own record (`qualified`), and by the ledger for what is older than that reaches. */
export function standingOf(input: GateInput, stack: string): Standing {
  const id = input.release.id;
  const now = input.now.getTime();
  const events = input.events.filter(({ what }) => "stack" in what && what.stack === stack);
  const all = livePeriods(history(input.ran(stack) ?? [], events));
  const mine = all.filter((period) => period.id === id);
  const troubles = [...failures(events, id, mine), ...incidents(events, id, mine)].sort((a, b) => a.at - b.at);
  const failed = troubles.filter(({ kind }) => kind !== "incident");
  const proven = mine.flatMap((period) => cut(period, failed));
  const counted = mine.flatMap((period) => cut(period, troubles));
  const running = counted.find(({ until }) => until === undefined);
  return {
    ran: mine.length > 0,
    proven: proven.length > 0,
    longest: Math.max(0, ...counted.map((period) => lasted(period, now))),
    ...(running === undefined ? {} : { counting: running.since }),
    troubles,
    evidence: [...deploymentsOf(events, id), ...troubles.map(({ event }) => event)],
    later: mine.length === 0 ? 0 : all.length - 1 - all.lastIndexOf(mine.at(-1)!),
  };
}

/** Newest first: what the environment remembers, and before that what the ledger says went through. */
function history(qualified: readonly Ran[], events: readonly LedgerEvent[]): Ran[] {
  const oldest = Math.min(Number.POSITIVE_INFINITY, ...qualified.map(({ liveSince }) => Date.parse(liveSince)).filter(Number.isFinite));
  const older: { id: string; liveSince: string }[] = [];
  for (const { what } of events) {
    if (what.kind !== "deployment" || what.result !== "succeeded" || !(Date.parse(what.endedAt) < oldest - SKEW)) continue;
    older.push({ id: what.release.id, liveSince: what.endedAt });
  }
  return [...qualified, ...older.reverse()];
}

const deploymentsOf = (events: readonly LedgerEvent[], id: string): string[] =>
  events.flatMap((event) => (event.what.kind === "deployment" && event.what.release.id === id ? [event.id] : []));

/** Failed runs, failed watches and rollbacks of a release: it has to go through again before its time counts. */
function failures(events: readonly LedgerEvent[], id: string, periods: readonly LivePeriod[]): Trouble[] {
  const found: Omit<Trouble, "resumes">[] = [];
  const done: Trouble[] = [];
  const settle = (resumes: (at: number) => number) => {
    for (const trouble of found.splice(0)) done.push({ ...trouble, resumes: resumes(trouble.at) });
  };
  for (const { what, at, id: event } of events) {
    const add = (kind: Trouble["kind"], text: string) => found.push({ kind, at: Date.parse(at), event, text });
    if (what.kind === "deployment" && what.release.id === id) {
      if (what.result === "succeeded") settle(() => Date.parse(what.endedAt));
      if (what.result === "failed" || what.result === "restored") add("failed", `a run of it failed${because(what.cause)}`);
    }
    if (what.kind === "watch" && what.releaseId === id) {
      if (what.result === "passed") settle(() => Date.parse(at));
      else add("failed", `its watch failed${because(what.cause)}`);
    }
    if (what.kind === "rollback" && what.from.id === id) add("rolled-back", `it was rolled back${because(what.cause)}`);
  }
  // Run again by hand, past the ledger: the environment's own record says so.
  settle((at) => periods.find(({ since }) => since > at + SKEW)?.since ?? Number.POSITIVE_INFINITY);
  return done;
}

/** Incidents of this release, or of whatever ran there at the time. */
function incidents(events: readonly LedgerEvent[], id: string, periods: readonly LivePeriod[]): Trouble[] {
  const open = new Map<string, Trouble>();
  const done: Trouble[] = [];
  for (const { what, at, id: event } of events) {
    const time = Date.parse(at);
    if (what.kind === "incident-opened" && !open.has(what.incident)) {
      const during = periods.some(({ since, until }) => since - SKEW <= time && time < (until ?? Number.POSITIVE_INFINITY));
      if (what.releaseId === undefined ? !during : what.releaseId !== id) continue;
      const text = `incident ${what.incident}: ${what.summary}`;
      open.set(what.incident, { kind: "incident", at: time, event, text, resumes: Number.POSITIVE_INFINITY });
    }
    if (what.kind === "incident-closed") {
      const opened = open.get(what.incident);
      if (opened !== undefined) done.push({ ...opened, resumes: time });
      open.delete(what.incident);
    }
  }
  return [...done, ...open.values()];
}

/** What troubles leave of a period: it begins anew when the last of them is over. */
function cut(period: LivePeriod, troubles: readonly Trouble[]): LivePeriod[] {
  let { since } = period;
  for (const { kind, at, resumes } of troubles) {
    const hit = kind === "incident" ? resumes > period.since : period.since <= at + SKEW;
    if (hit && resumes > since) since = resumes;
  }
  return since < (period.until ?? Number.POSITIVE_INFINITY) ? [{ ...period, since }] : [];
}

const because = (cause: string | undefined): string => (cause === undefined ? "" : `: ${cause}`);
