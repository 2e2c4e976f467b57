import type { PropertyMap, Value } from "../../engine/values.ts";

/** The entry that a map itself has: a ConfigMap may well have a key `constructor`, which every object seems to have. */
export const own = (map: PropertyMap, key: string): Value | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);
