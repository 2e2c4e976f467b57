import type { HistoryEntry } from "../../engine.ts";
import { releaseOf } from "../../promotion/configuration.ts";

export type SchemaAt =
  /** "": before any migration. */
  { readonly schema: string } | { readonly during: { readonly schema: string; readonly from: string; readonly until: string } };

/**
 * The schema version that the data had at a moment, as the stack's history tells it. A version is there from the first update that was to bring it
 * and got through; between the first try and that, only the database knows. `applied`: versions that ran, oldest first; one that the history does
 * not tell of is older than it.
 */
export function schemaAt(at: string, applied: readonly string[], history: readonly HistoryEntry[], project: string): SchemaAt {
  const moment = Date.parse(at);
  const updates = history.filter(({ kind, config }) => kind === "update" && !Object.hasOwn(config, `${project}:restore`)).toReversed();
  let schema = "";
  for (const version of applied) {
    const tries = updates.filter(({ config }) => releaseOf(config, project)?.schemaVersion === version);
    const through = tries.find(({ result }) => result === "succeeded");
    const [from, until] = [tries[0]?.startTime, through?.endTime ?? through?.startTime];
    if (from !== undefined && moment <= Date.parse(from)) break;
    if (from !== undefined && until !== undefined && moment < Date.parse(until)) return { during: { schema: version, from, until } };
    schema = version;
  }
  return { schema };
}

/** When the first update began that was to bring this schema version. */
export const firstTried = (schema: string | undefined, history: readonly HistoryEntry[], project: string): string | undefined =>
  schema === undefined
    ? undefined
    : history.findLast(({ kind, config }) => kind === "update" && releaseOf(config, project)?.schemaVersion === schema)?.startTime;
