import { isDeepStrictEqual } from "node:util";
import type { ResourceState } from "../state.ts";

/** Would writing `b` over `a` change anything that matters? Time stamps and source positions do not. */
export function sameState(a: ResourceState, b: ResourceState): boolean {
  return isDeepStrictEqual(material(a), material(b));
}

function material(state: ResourceState): Record<string, unknown> {
  const { created: _, modified: __, sourcePosition: ___, stackTrace: ____, ...rest } = state;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) if (!isNothing(value)) result[key] = value;
  if (state.dependencies !== undefined && state.dependencies.length > 0) result.dependencies = [...state.dependencies].sort();
  return result;
}

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0);
