import type { PropertyMap } from "../../engine/values.ts";

/** Where Pulumi's bridged providers note, in a resource's inputs, which of them nobody wrote. */
export const DEFAULTS = "__defaults";

/** `<resource name>-<7 hex digits>`, as Pulumi's bridged providers name things; the digits are taken from the step's seed. */
export const automaticName = (resourceName: string, randomSeed: Uint8Array): string =>
  `${resourceName}-${Buffer.from(randomSeed.subarray(0, 4)).toString("hex").padEnd(7, "0").slice(0, 7)}`;

/** The automatic name that the object already bears: an update keeps it. */
export function adoptedName(oldInputs: PropertyMap | undefined): string | undefined {
  const defaults = oldInputs?.[DEFAULTS];
  const isAutomatic = Array.isArray(defaults) && defaults.includes("name");
  return isAutomatic && typeof oldInputs?.name === "string" ? oldInputs.name : undefined;
}
