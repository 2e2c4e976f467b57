import type { Known, Publication } from "./deployments.ts";

export interface Missing {
  readonly publication: Publication;
  /** Its deployment, where an earlier run began to tell and did not get through. */
  readonly known: number | undefined;
  /** GitHub has a later one already. */
  readonly isPast: boolean;
}

/**
 * What GitHub lacks of one environment's deployments, oldest first: what waits here, and what followed the last one that it has, whoever
 * recorded that. Of an environment that GitHub never heard of: what brought the release that runs, and what followed; the rest is history,
 * and stands in the ledger.
 */
export function missing(
  own: readonly Publication[],
  { known, waiting, isRefused }: { known: Known; waiting: ReadonlyMap<string, unknown>; isRefused: (one: Publication) => boolean },
): Missing[] {
  const last = own.findLastIndex((one) => known.has(one.key) || isRefused(one));
  const start =
    last >= 0
      ? last + 1
      : Math.max(
          0,
          own.findLastIndex(({ state }) => state === "success"),
        );
  return own.flatMap((publication, index) => {
    const { key } = publication;
    if (isRefused(publication) || (!waiting.has(key) && (index < start || known.has(key)))) return [];
    return [{ publication, known: known.get(key), isPast: index < last }];
  });
}
