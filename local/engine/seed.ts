import { createHash, randomBytes } from "node:crypto";
import { isMap, type PropertyMap, Reference, reveal, Unknown, type Value } from "./values.ts";

/** Where automatic names take their suffix from: fixed for one step of one resource. */
export type SeedSource = (urn: string, inputs: PropertyMap) => Uint8Array;

export const randomSeed: SeedSource = () => randomBytes(32);

/** The same name for the same content, so that rendered manifests do not change by themselves. */
export const contentSeed: SeedSource = (urn, inputs) => createHash("sha256").update(urn).update(canonicalText(inputs)).digest();

/** JSON text with sorted keys: the same for values that are equal. Never for showing: secrets are in it. */
function canonicalText(value: Value): string {
  return JSON.stringify(reveal(value), (_key, inner: Value) => {
    if (inner instanceof Unknown || inner instanceof Reference) return String(inner);
    if (!isMap(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
