import type { z } from "zod";

/**
 * What a schema can still read of a value that it refuses: good parts with their defaults, `undefined` where a part is at fault, unknown keys
 * left out. So the rules that look across settings find their faults in the same run as the faults of shape.
 */
export function salvage(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const def = schema.def as Def;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
      return salvage(def.innerType, value);
    case "object":
      return isMap(value)
        ? Object.fromEntries(Object.entries(def.shape).map(([key, child]) => [key, salvage(child, value[key])]))
        : undefined;
    case "record":
      return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, salvage(def.valueType, item)])) : undefined;
    case "array":
      return Array.isArray(value) ? value.map((item) => salvage(def.element, item)) : undefined;
    case "union": {
      const key = def.discriminator;
      const option = key !== undefined && isMap(value) ? def.options.find((o) => literalOf(o, key) === value[key]) : undefined;
      return option && salvage(option, value);
    }
    default:
      return undefined;
  }
}

/** The parts of zod's definitions that hold further schemas (https://zod.dev/packages/core#internals). */
type Def =
  | { type: "optional" | "nullable" | "default" | "prefault"; innerType: z.ZodType }
  | { type: "object"; shape: Record<string, z.ZodType> }
  | { type: "record"; valueType: z.ZodType }
  | { type: "array"; element: z.ZodType }
  | { type: "union"; options: z.ZodType[]; discriminator?: string }
  | { type: "string" };

function literalOf(option: z.ZodType, key: string): unknown {
  const def = option.def as Def;
  const literal = def.type === "object" ? (def.shape[key]?.def as { values?: unknown[] } | undefined) : undefined;
  return literal?.values?.[0];
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
