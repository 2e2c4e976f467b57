import type { HappeningOf, LedgerEvent } from "../ledger/event.ts";

/** Milliseconds since 1970, `from` inclusive. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** One run of `up` that brought another release, or tried to. */
export interface Run {
  readonly releaseId: string;
  readonly version: string;
  readonly result: "succeeded" | "failed" | "restored";
  readonly endedAt: number;
  readonly event: string;
}

export const during = ({ from, to }: Period, time: number): boolean => time >= from && time < to;

/** Of one stack, oldest first. What was cancelled tells nothing; what deployed the running release again is no delivery. */
export function runsOf(events: readonly LedgerEvent[], stack: string): Run[] {
  const runs: Run[] = [];
  let live: string | undefined;
  for (const { what, id } of events) {
    if (what.kind === "rollback" && what.stack === stack) live = what.to.id;
    if (what.kind !== "deployment" || what.stack !== stack || what.result === "cancelled") continue;
    if (what.release.id === live && what.result === "succeeded") continue;
    runs.push(runOf(what, id));
    if (what.result === "succeeded") live = what.release.id;
  }
  return runs;
}

const runOf = ({ release, result, endedAt }: HappeningOf<"deployment">, event: string): Run => ({
  releaseId: release.id,
  version: release.version,
  result: result as Run["result"],
  endedAt: Date.parse(endedAt),
  event,
});
