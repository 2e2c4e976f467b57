import type { Run } from "../metrics/runs.ts";

const WEEK = 7 * 86_400_000;

/** Seven days, and the releases that were brought, or tried, in them. */
export interface Week {
  /** ISO date of its first day. */
  readonly from: string;
  readonly succeeded: number;
  readonly failed: number;
}

/** The last `many` weeks up to now, oldest first. */
export function weeksOf(runs: readonly Run[], now: number, many: number): Week[] {
  return Array.from({ length: many }, (_, index) => {
    const from = now - (many - index) * WEEK;
    const inside = runs.filter(({ endedAt }) => endedAt >= from && endedAt < from + WEEK);
    const succeeded = inside.filter(({ result }) => result === "succeeded").length;
    return { from: new Date(from).toISOString().slice(0, 10), succeeded, failed: inside.length - succeeded };
  });
}
