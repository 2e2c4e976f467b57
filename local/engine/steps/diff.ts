import type { DiffResult } from "../provider.ts";
import { covers } from "./property-path.ts";

/** Turns changes under `replaceOnChanges` paths into replacements. */
export function applyReplaceOnChanges(diff: DiffResult, paths: readonly string[]): DiffResult {
  if (paths.length === 0 || !diff.changes) return diff;
  const changed = Object.keys(diff.detailedDiff).length > 0 ? Object.keys(diff.detailedDiff) : diff.diffs;
  const forced = changed.filter((key) => paths.some((path) => covers(path, key)) && !diff.replaces.includes(key));
  const detailedDiff = { ...diff.detailedDiff };
  for (const key of forced) {
    const entry = detailedDiff[key];
    if (entry !== undefined && !entry.kind.endsWith("-replace")) {
      detailedDiff[key] = { ...entry, kind: `${entry.kind as "add" | "delete" | "update"}-replace` };
    }
  }
  return { ...diff, detailedDiff, replaces: [...diff.replaces, ...forced] };
}

export const noDiff: DiffResult = { changes: false, diffs: [], detailedDiff: {}, replaces: [], deleteBeforeReplace: false };
export const someDiff: DiffResult = { ...noDiff, changes: true };
