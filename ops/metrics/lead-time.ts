import type { LedgerEvent } from "../ledger/event.ts";
import { during, type Period, type Run } from "./runs.ts";

/**
 * Seconds from each commit to the moment when the first release that holds it was live. A release lists the commits since the one
 * before, so this survives squashed merges; an environment that leaves releases out gets their commits with the next one it takes.
 */
export function leadTimes(events: readonly LedgerEvent[], runs: readonly Run[], period: Period): number[] {
  const made = events.flatMap(({ what }) => (what.kind === "release" ? [what] : []));
  const found: number[] = [];
  let delivered = 0;
  for (const run of runs) {
    if (run.result !== "succeeded") continue;
    const upTo = made.findLastIndex(({ release }) => release.id === run.releaseId) + 1;
    const news = made.slice(delivered, upTo);
    delivered = Math.max(delivered, upTo);
    if (!during(period, run.endedAt)) continue;
    for (const { commits } of news) for (const { at } of commits) found.push(Math.max(0, (run.endedAt - Date.parse(at)) / 1000));
  }
  return found;
}
