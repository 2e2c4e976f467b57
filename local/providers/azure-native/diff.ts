import type { DiffKind, DiffRequest, DiffResult } from "../../engine/provider.ts";
import { hasUnknown, isMap, type PropertyMap, reveal, type Value } from "../../engine/values.ts";
import { BESIDE } from "./check.ts";
import { classOf, pathInputs } from "./schema/classes.ts";

/** Compares inputs with the inputs of the last run, as the real provider does: a refresh brings what was changed by hand into those. */
export async function diff({ type, oldInputs, newInputs }: DiffRequest): Promise<DiffResult> {
  const own = classOf(type);
  const changed: [string, "add" | "update" | "delete"][] = [];
  compare(reveal(oldInputs) as PropertyMap, reveal(newInputs) as PropertyMap, "", changed);
  const fixed = own === undefined ? [] : [...pathInputs(own.path), "location", ...(own.forceNew ?? [])];
  const isFixed = (path: string) => fixed.some((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`));
  const replaces = changed.map(([path]) => path).filter(isFixed);
  const detailedDiff = Object.fromEntries(
    changed.map(([path, kind]) => [path, { kind: (isFixed(path) ? `${kind}-replace` : kind) as DiffKind, inputDiff: true }]),
  );
  return {
    changes: changed.length > 0,
    diffs: [...new Set(changed.map(([path]) => /^[^.[]+/.exec(path)![0]))],
    detailedDiff,
    replaces,
    // As the real provider does, also for one that gets another name: only what it named itself it makes anew before the old one goes.
    deleteBeforeReplace: replaces.length > 0 && oldInputs[BESIDE] !== true,
  };
}

function compare(old: Value | undefined, now: Value | undefined, path: string, changed: [string, "add" | "update" | "delete"][]): void {
  if (now !== undefined && hasUnknown(now) && !isMap(now)) changed.push([path, old === undefined ? "add" : "update"]);
  else if (isMap(old) && isMap(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)]))
      if (key !== BESIDE) compare(old[key], now[key], path === "" ? key : `${path}.${key}`, changed);
  } else if (Array.isArray(old) && Array.isArray(now) && old.length === now.length) {
    for (const index of now.keys()) compare(old[index], now[index], `${path}[${index}]`, changed);
  } else if (!same(old, now, path)) changed.push([path, old === undefined ? "add" : now === undefined ? "delete" : "update"]);
}

/** `West Europe` is `westeurope`. */
const same = (old: Value | undefined, now: Value | undefined, path: string): boolean =>
  JSON.stringify(old) === JSON.stringify(now) || (path === "location" && region(old) === region(now));
const region = (value: Value | undefined): string => String(value).toLowerCase().replaceAll(" ", "");
