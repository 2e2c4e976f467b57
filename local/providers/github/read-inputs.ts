import { type PropertyMap, reveal, type Value } from "../../engine/values.ts";
import { DEFAULTS } from "./naming.ts";
import { schemaOf } from "./schema/resource.ts";

/** Inputs that would lead to what was read: those that were given, as they are now, and whatever else is not as it is by default. */
export function readInputs(type: string, live: PropertyMap, before: PropertyMap = {}): PropertyMap {
  const inputs: PropertyMap = before[DEFAULTS] === undefined ? {} : { [DEFAULTS]: before[DEFAULTS] };
  for (const [key, field] of Object.entries(schemaOf(type)?.inputs ?? {})) {
    const value = live[key];
    if (value === undefined || value === null) continue;
    const unasked = before[key] === undefined && (field.computed || field.uncompared || isDefault(value, field.default));
    if (!unasked || field.required) inputs[key] = value;
  }
  return inputs;
}

function isDefault(value: Value, standard: Value | undefined): boolean {
  const plain = reveal(value);
  if (standard !== undefined) return plain === standard;
  return plain === false || plain === 0 || plain === "" || (Array.isArray(plain) && plain.length === 0);
}
