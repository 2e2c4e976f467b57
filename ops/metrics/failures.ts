import type { LedgerEvent } from "../ledger/event.ts";

/**
 * Releases that failed an environment: a run or watch of them failed, they were taken back, an incident names them, or a hotfix had
 * to replace them (DORA's change failure: "degraded service … that requires remediation", https://dora.dev/guides/dora-metrics-four-keys/).
 */
export function failedReleases(events: readonly LedgerEvent[], stack: string): Set<string> {
  const failed = new Set<string>();
  let live: string | undefined;
  for (const { what } of events) {
    if (what.kind === "hotfix" && what.stack === stack && live !== undefined && live !== what.release.id) failed.add(live);
    if (!("stack" in what) || what.stack !== stack) continue;
    if (what.kind === "deployment") {
      if (what.result === "failed" || what.result === "restored") failed.add(what.release.id);
      if (what.result === "succeeded") live = what.release.id;
    }
    if (what.kind === "rollback") {
      failed.add(what.from.id);
      live = what.to.id;
    }
    if (what.kind === "watch" && what.result === "failed") failed.add(what.releaseId);
    if (what.kind === "incident-opened") {
      const at = what.releaseId ?? live;
      if (at !== undefined) failed.add(at);
    }
  }
  return failed;
}
