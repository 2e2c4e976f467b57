import type { LedgerEvent } from "../ledger/event.ts";

/** A time in which an environment was not as it should be. Milliseconds since 1970; without `until` it lasts. */
export interface Outage {
  readonly since: number;
  readonly until?: number;
  readonly releaseId?: string;
  readonly cause: string;
}

/**
 * What an environment went through, oldest first; what overlaps is one. An incident lasts until it is closed; a failed run or watch
 * until something succeeded or was rolled back; a rollback began with the cluster's first report, or with the command.
 */
export function outagesOf(events: readonly LedgerEvent[], stack: string): Outage[] {
  const done: Outage[] = [];
  const incidents = new Map<string, Outage>();
  let broken: Outage | undefined;
  const mend = (until: number) => {
    if (broken !== undefined) done.push({ ...broken, until });
    broken = undefined;
  };
  for (const { what, at } of events) {
    if (!("stack" in what) || what.stack !== stack) continue;
    const time = Date.parse(at);
    if (what.kind === "deployment" && what.result === "succeeded") mend(Date.parse(what.endedAt));
    if (what.kind === "deployment" && what.result === "failed")
      broken ??= { since: Date.parse(what.endedAt), releaseId: what.release.id, cause: what.cause ?? "a run failed" };
    if (what.kind === "watch" && what.result === "failed")
      broken ??= { since: time, releaseId: what.releaseId, cause: what.cause ?? "the watch failed" };
    if (what.kind === "rollback") {
      broken ??= { since: time - (what.secondsToRestore ?? 0) * 1000, releaseId: what.from.id, cause: what.cause };
      mend(time);
    }
    if (what.kind === "incident-opened" && !incidents.has(what.incident))
      incidents.set(what.incident, {
        since: time,
        cause: `${what.incident}: ${what.summary}`,
        ...(what.releaseId === undefined ? {} : { releaseId: what.releaseId }),
      });
    if (what.kind === "incident-closed") {
      const opened = incidents.get(what.incident);
      if (opened !== undefined) done.push({ ...opened, until: time });
      incidents.delete(what.incident);
    }
  }
  return merged([...done, ...incidents.values(), ...(broken === undefined ? [] : [broken])]);
}

/** Oldest first, without overlaps. */
function merged(outages: readonly Outage[]): Outage[] {
  const found: Outage[] = [];
  for (const outage of [...outages].sort((a, b) => a.since - b.since)) {
    const last = found.at(-1);
    if (last === undefined || (last.until !== undefined && last.until < outage.since)) {
      found.push(outage);
      continue;
    }
    const { until: _, ...first } = last;
    const lasts = last.until === undefined || outage.until === undefined;
    found[found.length - 1] = lasts ? first : { ...first, until: Math.max(last.until!, outage.until!) };
  }
  return found;
}
