import { isMap, type PropertyMap, reveal, Secret, type Value } from "../../engine/values.ts";
import { inputsOf } from "./arm-id.ts";
import { classOf } from "./schema/classes.ts";
import { sdk, typesOf } from "./schema/sdk.ts";
import type { Shape } from "./schema/types.ts";

/**
 * The inputs that would lead to what was read: those of the last run, with every change that was made since. What was never asked for and
 * is as it was when it was made stays out. Without inputs (an import): all that can be said of the object.
 */
export function readInputs(
  type: string,
  id: string,
  live: PropertyMap,
  before?: { inputs: PropertyMap; outputs: PropertyMap },
): PropertyMap {
  const shapes = typesOf(type)?.inputs ?? {};
  const found = (key: string): Value | undefined => (live[key] === undefined ? undefined : writable(live[key], shapes[key]!.shape));
  const named = inputsOf(classOf(type)!, id) ?? {};
  const own = Object.keys(shapes).filter((key) => named[key] === undefined);
  if (before === undefined) {
    // Azure's own name and type of it, which its id says already.
    const asked = own.filter((key) => key !== "name" && key !== "type");
    const entries = asked.flatMap((key): [string, Value][] => (found(key) === undefined ? [] : [[key, found(key)!]]));
    return { ...named, ...Object.fromEntries(entries) };
  }
  const inputs = { ...before.inputs };
  for (const key of own) {
    if (live[key] === undefined && before.outputs[key] === undefined) continue; // never given back
    const was = before.outputs[key] === undefined ? undefined : writable(before.outputs[key], shapes[key]!.shape);
    const now = changed(before.inputs[key], was, found(key));
    if (now === undefined) delete inputs[key];
    else inputs[key] = now;
  }
  return inputs;
}

/** The input, with what differs between then and now put in its place. */
function changed(input: Value | undefined, was: Value | undefined, now: Value | undefined): Value | undefined {
  if (same(was, now)) return input;
  if (input instanceof Secret) {
    const value = changed(input.value, was === undefined ? undefined : reveal(was), now === undefined ? undefined : reveal(now));
    return value === undefined ? undefined : new Secret(value);
  }
  if (!isMap(input) || !isMap(was) || !isMap(now)) return now;
  const keys = new Set([...Object.keys(input), ...Object.keys(was), ...Object.keys(now)]);
  const entries = [...keys].map((key) => [key, changed(input[key], was[key], now[key])] as const);
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

const same = (a: Value | undefined, b: Value | undefined): boolean =>
  canonical(a === undefined ? null : reveal(a)) === canonical(b === undefined ? null : reveal(b));
const canonical = (value: Value): string =>
  JSON.stringify(value, (_, inner) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );

/** Without what only the server writes. */
function writable(value: Value, shape: Shape): Value {
  if (value instanceof Secret) return new Secret(writable(value.value, shape));
  if (typeof shape === "string" || "oneOf" in shape || "anyOf" in shape) return value;
  if ("list" in shape) return Array.isArray(value) ? value.map((item) => writable(item, shape.list)) : value;
  if (!isMap(value)) return value;
  const fields = "type" in shape ? (sdk().types[shape.type] ?? {}) : undefined;
  const shapeOf = (key: string) => ("map" in shape ? shape.map : fields?.[key]?.shape);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (shapeOf(key) === undefined ? [] : [[key, writable(item, shapeOf(key)!)]])),
  );
}
