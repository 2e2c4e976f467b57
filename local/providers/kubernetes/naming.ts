import { isMap, type PropertyMap, Secret, Unknown } from "../../engine/values.ts";
import { AUTONAMED, isAnnotated, metadataOf, nameOf } from "./annotations.ts";

/** `<resource name>-<8 hex digits>`, the digits taken from the step's seed. */
export const automaticName = (resourceName: string, randomSeed: Uint8Array): string =>
  `${resourceName}-${Buffer.from(randomSeed.subarray(0, 4)).toString("hex").padEnd(8, "0")}`;

/** Has a name of its own, be it one that a preview cannot know yet? */
export function isNamed(object: PropertyMap): boolean {
  const name = metadataOf(object).name;
  return nameOf(object) !== undefined || name instanceof Unknown || (name instanceof Secret && name.value instanceof Unknown);
}

/** `object` with the name, marked as automatic so that a replacement may take another one and needs no downtime. */
export function withAutomaticName(object: PropertyMap, name: string): PropertyMap {
  const metadata = metadataOf(object);
  const { annotations } = metadata;
  const marked = annotations === undefined || annotations === null ? {} : annotations;
  return {
    ...object,
    metadata: { ...metadata, name, annotations: isMap(marked) ? { ...marked, [AUTONAMED]: "true" } : marked },
  };
}

export const isAutonamed = (object: PropertyMap): boolean => isAnnotated(object, AUTONAMED);
