import type { HappeningOf, LedgerEvent } from "../ledger/event.ts";

export interface Hold extends HappeningOf<"hold"> {
  readonly id: string;
  readonly at: string;
  readonly by: string;
}

/** Holds of a stack that nobody has released, oldest first. */
export function activeHolds(events: readonly LedgerEvent[], stack: string): Hold[] {
  let holds: Hold[] = [];
  for (const { what, id, at, actor } of events) {
    if (what.kind === "hold" && what.stack === stack) holds.push({ ...what, id, at, by: actor.name });
    if (what.kind === "hold-released" && what.stack === stack) holds = holds.filter(({ releaseId }) => releaseId !== what.releaseId);
  }
  return holds;
}

/** The hold that stands against a release with a configuration (its digest). */
export const holdOn = (holds: readonly Hold[], releaseId: string, configuration: string): Hold | undefined =>
  holds.find((hold) => hold.releaseId === releaseId && (hold.configuration === undefined || hold.configuration === configuration));
