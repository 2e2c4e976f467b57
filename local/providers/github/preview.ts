import { isMap, type PropertyMap, UNKNOWN, type Value } from "../../engine/values.ts";
import { DEFAULTS } from "./naming.ts";
import { schemaOf } from "./schema/resource.ts";
import type { Fields } from "./schema/shape.ts";

/** What a create or update will return as far as it is known: inputs, defaults, and for the rest the old outputs or "unknown". */
export function previewOutputs(type: string, inputs: PropertyMap, oldOutputs: PropertyMap = {}): PropertyMap {
  const schema = schemaOf(type);
  const outputs = withDefaults(inputs, schema?.inputs ?? {});
  for (const [key, field] of Object.entries(schema?.inputs ?? {})) {
    if (field.computed && outputs[key] === undefined) outputs[key] = oldOutputs[key] ?? UNKNOWN;
  }
  for (const key of schema?.outputs ?? []) outputs[key] = oldOutputs[key] ?? UNKNOWN;
  return outputs;
}

/** Inputs as outputs show them: every default spelled out, without the marks of automatic names. */
export function withDefaults(inputs: PropertyMap, fields: Fields): PropertyMap {
  const outputs: PropertyMap = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = inputs[key] ?? field.default;
    if (value !== undefined && key !== DEFAULTS) outputs[key] = nested(value, field.shape.kind === "list" ? field.shape.of : field.shape);
  }
  return outputs;
}

function nested(value: Value, shape: Fields[string]["shape"]): Value {
  if (Array.isArray(value)) return value.map((item) => nested(item, shape));
  return shape.kind === "object" && isMap(value) ? withDefaults(value, shape.fields) : value;
}
