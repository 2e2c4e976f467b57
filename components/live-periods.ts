import type { QualifiedRelease } from "./history.ts";

/** A time without a break in which one release was live, milliseconds since 1970. Without `until` it is live now. */
export interface LivePeriod {
  readonly id: string;
  readonly since: number;
  readonly until?: number;
}

type Live = Pick<QualifiedRelease, "id" | "liveSince">;

/** When each release was live, oldest first. A release that follows itself (its record was written again) was never gone. */
export function livePeriods(qualified: readonly Live[]): LivePeriod[] {
  const times = qualified
    .map(({ id, liveSince }) => ({ id, since: Date.parse(liveSince) }))
    .filter(({ since }) => Number.isFinite(since))
    .reverse();
  const began = times.filter(({ id }, index) => index === 0 || times[index - 1]?.id !== id);
  return began.map(({ id, since }, index) => {
    const until = began[index + 1]?.since;
    return until === undefined ? { id, since } : { id, since, until };
  });
}

/** How long a period had lasted at `now`; a clock that is ahead of ours makes none negative. */
export const lasted = ({ since, until }: LivePeriod, now: number): number => Math.max(0, (until ?? now) - since);
