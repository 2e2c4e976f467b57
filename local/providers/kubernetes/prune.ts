import { isMap, type PropertyMap, type Value } from "../../engine/values.ts";

const kindOf = (value: Value): string => (Array.isArray(value) ? "array" : isMap(value) ? "map" : value === null ? "null" : typeof value);

/**
 * The part of `live` that `shape` speaks of: its keys, and for lists the elements by index, so that what the server filled in and
 * what others added is not taken for a change. Where the two are of different kinds, the live value stands.
 */
export function prune(live: PropertyMap, shape: PropertyMap): PropertyMap {
  const pruned: PropertyMap = {};
  for (const [key, value] of Object.entries(live)) {
    const wanted = shape[key];
    if (wanted !== undefined) pruned[key] = pruneValue(value, wanted);
  }
  return pruned;
}

function pruneValue(live: Value, shape: Value): Value {
  if (isMap(live) && isMap(shape)) return prune(live, shape);
  if (Array.isArray(live) && Array.isArray(shape)) return pruneList(live, shape);
  return live;
}

function pruneList(live: Value[], shape: Value[]): Value[] {
  const [firstLive, firstShape] = [live[0], shape[0]];
  if (firstLive === undefined || firstShape === undefined) return [];
  if (kindOf(firstLive) !== kindOf(firstShape)) return live;
  return live.slice(0, shape.length).map((value, i) => pruneValue(value, shape[i]!));
}
