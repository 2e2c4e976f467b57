import type { DiffKind, DiffResult } from "../provider.ts";
import { covers } from "./property-path.ts";

/** Under this name replaceOnChanges covers what the last run left unready (`*` covers it too). */
const initErrors = "#initerror";

/** Turns changes under `replaceOnChanges` paths into replacements; also that the object was left unready. */
export function applyReplaceOnChanges(diff: DiffResult, paths: readonly string[], unready: boolean): DiffResult {
  if (paths.length === 0 || !(diff.changes || unready)) return diff;
  const covered = (key: string) => paths.some((path) => covers(path, key));
  const detailedDiff = { ...diff.detailedDiff };
  for (const [key, entry] of Object.entries(detailedDiff)) {
    if (covered(key) && !entry.kind.endsWith("-replace")) detailedDiff[key] = { ...entry, kind: `${entry.kind}-replace` as DiffKind };
  }
  const keys = new Set([...diff.replaces, ...diff.diffs.filter(covered)]);
  if (!unready || !covered(initErrors)) return { ...diff, detailedDiff, replaces: [...keys] };
  detailedDiff[initErrors] = { kind: "update-replace", inputDiff: false };
  return { ...diff, changes: true, detailedDiff, replaces: [...keys.add(initErrors)] };
}

export const replaces = (diff: DiffResult): boolean =>
  diff.replaces.length > 0 || Object.values(diff.detailedDiff).some(({ kind }) => kind.endsWith("-replace"));

export const noDiff: DiffResult = { changes: false, diffs: [], detailedDiff: {}, replaces: [], deleteBeforeReplace: false };
export const someDiff: DiffResult = { ...noDiff, changes: true };
