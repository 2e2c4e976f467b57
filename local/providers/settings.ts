import { isDeepStrictEqual } from "node:util";
import type { DiffResult } from "../engine/provider.ts";
import { isMap, type PropertyMap, reveal, type Value } from "../engine/values.ts";

/** A provider's setting as state keeps it: scalars as text, objects as JSON text. */
export const asText = (value: Value): Value => {
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return Array.isArray(value) || isMap(value) ? JSON.stringify(reveal(value)) : value;
};

export const plain = (value: Value | undefined): Value | undefined => (value === undefined ? undefined : reveal(value));

/** Which settings of a provider changed, where none replaces what it manages. Keys that begin with `__` are the engine's own. */
export function diffSettings(oldInputs: PropertyMap, newInputs: PropertyMap): DiffResult {
  const keys = [...new Set([...Object.keys(oldInputs), ...Object.keys(newInputs)])].filter((key) => !key.startsWith("__")).sort();
  const diffs = keys.filter((key) => !isDeepStrictEqual(plain(oldInputs[key]), plain(newInputs[key])));
  const kindOf = (key: string) => (oldInputs[key] === undefined ? "add" : newInputs[key] === undefined ? "delete" : "update");
  const detailedDiff = Object.fromEntries(diffs.map((key) => [key, { kind: kindOf(key), inputDiff: true } as const]));
  return { changes: diffs.length > 0, diffs, detailedDiff, replaces: [], deleteBeforeReplace: false };
}
