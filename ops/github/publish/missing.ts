import type { Publication } from "./deployments.ts";
import type { Known, KnownDeployment } from "./known.ts";

export interface Missing {
  readonly publication: Publication;
  /** Its deployment, where it was told as it began, or an earlier run did not get through. */
  readonly known: number | undefined;
  /** GitHub has a later one already. */
  readonly isPast: boolean;
}

export interface Has {
  readonly known: Known;
  /** Keys of those that GitHub was told the beginning of and not the end. */
  readonly open: ReadonlySet<string>;
}

export const deploymentOf = ({ key, begun }: Publication, known: Known): KnownDeployment | undefined =>
  known.get(key) ?? (begun === undefined ? undefined : known.get(begun));

/**
 * What GitHub lacks of one environment's deployments, oldest first: what waits here, and what followed the last one that it has, whoever
 * recorded that. Of an environment that GitHub never heard of: what brought the release that runs, and what followed; the rest is history,
 * and stands in the ledger.
 */
export function missing(
  own: readonly Publication[],
  { known, open, waiting, isRefused }: Has & { waiting: ReadonlyMap<string, unknown>; isRefused: (one: Publication) => boolean },
): Missing[] {
  const isOpen = ({ begun }: Publication) => begun !== undefined && open.has(begun);
  const has = (one: Publication) => deploymentOf(one, known) !== undefined && !isOpen(one);
  const last = own.findLastIndex((one) => has(one) || isRefused(one));
  const start =
    last >= 0
      ? last + 1
      : Math.max(
          0,
          own.findLastIndex(({ state }) => state === "success"),
        );
  return own.flatMap((publication, index) => {
    if (isRefused(publication)) return [];
    if (!waiting.has(publication.key) && !isOpen(publication) && (index < start || has(publication))) return [];
    return [{ publication, known: deploymentOf(publication, known)?.id, isPast: index < last }];
  });
}

/** Longer takes no job of a workflow on GitHub's own machines (docs: "Actions limits"), in milliseconds. */
const LONGEST = 6 * 3_600_000;

/**
 * Of what GitHub was told the beginning of: what no run will tell the end of. Nothing in the ledger is of it, and its run is known to be
 * over (`over`), or another run of the stack began after it, or it would go on for too long. Should it end after all, that is told then.
 */
export function abandoned(own: readonly Publication[], { known, open }: Has, { over, now }: { over: string | undefined; now: Date }) {
  const recorded = own.flatMap(({ begun }) => (begun === undefined ? [] : [begun]));
  return [...open]
    .reverse()
    .filter((key) => !recorded.includes(key))
    .map((key) => ({ key, id: known.get(key)!.id, startedAt: known.get(key)!.startedAt! }))
    .filter(
      ({ key, startedAt }) => key === over || recorded.some((other) => other > key) || now.getTime() - Date.parse(startedAt) > LONGEST,
    );
}
