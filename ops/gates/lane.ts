import type { PromotionSettings } from "../../components/gates.schema.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { activeHolds } from "../promotion/holds.ts";
import { brokenGlass } from "./break-glass.ts";
import type { Lane, Ran } from "./input.ts";
import { People } from "./people.ts";

export interface LaneQuestion {
  readonly promotion: PromotionSettings;
  readonly stack: string;
  readonly releaseId: string;
  readonly events: readonly LedgerEvent[];
  /** What ran on the stack, newest first. */
  readonly ran: readonly Ran[];
  readonly now: Date;
}

/**
 * Which lane a release is in. Who broke the glass, or declared a hotfix, wrote so in the ledger; going back to what ran here before needs
 * nothing, unless that release is held back: then it did not run well, and to bring it again is no way back.
 */
export function laneOf({ promotion, stack, releaseId, events, ran, now }: LaneQuestion): Lane {
  const held = activeHolds(events, stack).some((hold) => hold.releaseId === releaseId && hold.configuration === undefined);
  if (!held && ran[0]?.id !== releaseId && ran.some(({ id }) => id === releaseId)) return "rollback";
  const broken = brokenGlass(events, new People(promotion), stack).some((glass) => glass.releaseId === releaseId && now < glass.expires);
  if (broken) return "break-glass";
  const hotfix = events.some(({ what }) => what.kind === "hotfix" && what.stack === stack && what.release.id === releaseId);
  return hotfix ? "hotfix" : "normal";
}

/** A rollback goes to a release that ran here: anything else is none. */
export const ranHere = (ran: readonly Ran[], releaseId: string): boolean => ran.some(({ id }) => id === releaseId);
