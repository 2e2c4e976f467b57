import { isMap, type PropertyMap, type Value } from "../../engine/values.ts";
import { own } from "./own.ts";

const kindOf = (value: Value): string => (Array.isArray(value) ? "array" : isMap(value) ? "map" : value === null ? "null" : typeof value);

/**
 * The part of `live` that `shape` speaks of: its keys, and for lists the elements by index, so that what the server filled in and
 * what others added is not taken for a change. Where the two are of different kinds, the live value stands.
 */
export function prune(live: PropertyMap, shape: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(live).flatMap(([key, value]) => {
      const wanted = own(shape, key);
      return wanted === undefined ? [] : [[key, pruneValue(value, wanted)]];
    }),
  );
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
