import { isMap, type PropertyMap, reveal, Secret, UNKNOWN, type Value } from "../../engine/values.ts";
import { guidOf, nameInput } from "./arm-id.ts";
import { armType, classOf } from "./schema/classes.ts";
import { typesOf } from "./schema/sdk.ts";

export interface Tenant {
  readonly subscriptionId: string;
  readonly tenantId: string;
}

/** Everything that the object shows once it is there: inputs that the server gives back, and what it adds. Secrets keep their mark. */
export function outputsOf(type: string, id: string, inputs: PropertyMap, { tenantId }: Tenant): PropertyMap {
  const own = classOf(type)!;
  const { outputs, apiVersion } = typesOf(type)!;
  const name = String(reveal(inputs[nameInput(own)]!));
  const made = own.made?.({ id, name, inputs: reveal(inputs) as PropertyMap, guid: (what) => guidOf(`${id}\0${what}`), tenantId }) ?? {};
  const server: PropertyMap = { name, type: armType(own.path), azureApiVersion: apiVersion, provisioningState: "Succeeded" };
  const all = merged({ ...inputs, ...server }, made) as PropertyMap;
  return Object.fromEntries(outputs.flatMap((key) => (all[key] === undefined ? [] : [[key, all[key]]])));
}

/** The same as far as a preview knows it: inputs as they are, and unknown what only the server can say. */
export function previewOutputs(type: string, inputs: PropertyMap, before: PropertyMap | undefined): PropertyMap {
  const own = classOf(type)!;
  const { outputs } = typesOf(type)!;
  const made = own.made?.({ id: "", name: "", inputs: reveal(inputs) as PropertyMap, guid: () => "", tenantId: "" }) ?? {};
  const hidden = (value: Value, old: Value | undefined): Value =>
    isMap(value)
      ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, hidden(v, isMap(old) ? old[k] : undefined)]))
      : (old ?? UNKNOWN);
  const known = Object.fromEntries(outputs.map((key) => [key, inputs[key] ?? before?.[key] ?? UNKNOWN]));
  return merged(known, hidden(made, before)) as PropertyMap;
}

/** `over` on top of `value`, maps key by key. */
export function merged(value: Value | undefined, over: Value): Value {
  if (value instanceof Secret) return new Secret(merged(value.value, over));
  if (!isMap(value) || !isMap(over)) return over;
  return { ...value, ...Object.fromEntries(Object.entries(over).map(([key, item]) => [key, merged(value[key], item)])) };
}
