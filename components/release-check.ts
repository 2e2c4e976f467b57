import type { QualifiedRelease } from "./history.ts";
import { lasted, livePeriods } from "./live-periods.ts";
import type { Sources } from "./upstream.ts";

export interface ReleaseCheck {
  readonly stack: string;
  readonly release: { readonly id: string; readonly version: string; readonly breakGlass?: unknown };
  /** What ran here, newest first. */
  readonly own: readonly QualifiedRelease[];
  readonly sources: Sources | undefined;
  /** What ran in an environment; `undefined` for one that was never deployed. */
  readonly ran: (stack: string) => readonly QualifiedRelease[] | undefined;
  /** Seconds; the shortest that any lane asks for, since a program does not know the lane. */
  readonly soak: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Why this release may not enter this environment, or nothing when it may. A release that ran here before always may (an unchanged one, a
 * rollback), and so does one under break-glass, which stands in the stack file for all to see. The first release of an environment must
 * have run upstream, but need not have soaked: nobody uses an environment that never ran.
 */
export function refusal(check: ReleaseCheck): string | undefined {
  const { own, sources, release } = check;
  if (sources === undefined || release.breakGlass !== undefined || own.some(({ id }) => id === release.id)) return undefined;
  const reasons = unproven(sources, check);
  if (reasons.length === 0) return undefined;
  return [`${release.version} (${release.id}) may not go to ${check.stack} yet:`, ...reasons.map((reason) => `  ${reason}`)].join("\n");
}

function unproven(sources: Sources, check: ReleaseCheck): string[] {
  if ("stack" in sources) return [unprovenIn(sources.stack, check)].flatMap((reason) => reason ?? []);
  const reasons = sources.of.map((source) => unproven(source, check));
  if (sources.rule === "any" && reasons.some((found) => found.length === 0)) return [];
  return reasons.flat();
}

function unprovenIn(upstream: string, { stack, release, own, ran, soak, now }: ReleaseCheck): string | undefined {
  const qualified = ran(upstream);
  if (qualified === undefined) {
    return `${upstream}, which comes before ${stack}, was never deployed. Deploy this release there first: pulumi up --stack ${upstream}, or liftlock up ${upstream}`;
  }
  const periods = livePeriods(qualified).filter(({ id }) => id === release.id);
  if (periods.length === 0) {
    const runs = qualified[0] === undefined ? "nothing that passed its smoke test" : `${qualified[0].version} (${qualified[0].id})`;
    return `${upstream} never ran it, and runs ${runs}. Deploy it there first, or give ${stack} a release that ran there`;
  }
  const longest = Math.max(...periods.map((period) => lasted(period, now)));
  if (own.length === 0 || longest >= soak * 1000) return undefined;
  const left = Math.ceil(soak - longest / 1000);
  const live = periods.at(-1)?.until === undefined;
  return live
    ? `it must be live in ${upstream} for ${soak} s without a break, and has ${left} s to go`
    : `it was live in ${upstream} for ${Math.floor(longest / 1000)} s only, and must be for ${soak} s without a break. Deploy it there again and let it run`;
}
