import { isMap, type PropertyMap, Secret } from "../../engine/values.ts";
import { toSdkKeys } from "./sdk-keys.ts";
import { markSecrets } from "./secrets.ts";

/** Keys of a resource's outputs that are Pulumi's book-keeping, not the object's. */
const INPUTS = "__inputs";
const INITIAL_API_VERSION = "__initialApiVersion";
const FIELD_MANAGER = "__fieldManager";

/** A resource's outputs as state keeps them: the live object, the inputs that led to it, and who applies it. */
export function checkpoint(options: {
  inputs: PropertyMap;
  live: PropertyMap;
  fieldManager: string;
  initialApiVersion: string;
}): PropertyMap {
  const { inputs, live, fieldManager, initialApiVersion } = options;
  return {
    ...markSecrets(toSdkKeys(live), inputs),
    [INPUTS]: markSecrets(inputs, inputs),
    [INITIAL_API_VERSION]: initialApiVersion,
    [FIELD_MANAGER]: fieldManager,
  };
}

export interface Checkpoint {
  oldInputs: PropertyMap;
  live: PropertyMap;
  fieldManager: string | undefined;
  initialApiVersion: string | undefined;
}

export function parseCheckpoint(outputs: PropertyMap): Checkpoint {
  const { [INPUTS]: inputs, [INITIAL_API_VERSION]: version, [FIELD_MANAGER]: manager, ...live } = outputs;
  const bare = inputs instanceof Secret ? inputs.value : inputs;
  return {
    oldInputs: isMap(bare) ? bare : {},
    live,
    fieldManager: typeof manager === "string" ? manager : undefined,
    initialApiVersion: typeof version === "string" ? version : undefined,
  };
}
