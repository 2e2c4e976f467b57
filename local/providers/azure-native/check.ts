import type { CheckFailure, CheckRequest } from "../../engine/provider.ts";
import { isMap, type PropertyMap, Secret, Unknown, type Value } from "../../engine/values.ts";
import { guidOf, nameInput } from "./arm-id.ts";
import { CLASSES, classOf } from "./schema/classes.ts";
import { nameRuleOf } from "./schema/names.ts";
import { sdk, typesOf } from "./schema/sdk.ts";
import type { Fields, Shape } from "./schema/types.ts";

/** Completes inputs with the automatic name, marks secrets, and holds them to the SDK's own types. Asks nobody. */
export function check(request: CheckRequest): { inputs: PropertyMap; failures: CheckFailure[] } {
  const { type, news } = request;
  const own = classOf(type);
  const types = typesOf(type);
  if (own === undefined || types === undefined) return { inputs: news, failures: [{ property: "", reason: unsupported(type) }] };
  const inputs = cleaned(news) as PropertyMap;
  const name = nameInput(own);
  const isNamed = inputs[name] !== undefined;
  inputs[name] ??= automaticName(request, name, own.guidName === true);
  for (const path of own.secrets ?? []) hide(inputs, path.split("."));
  const failures: CheckFailure[] = [];
  checkFields(inputs, types.inputs, "", failures);
  checkName(type, name, inputs[name], failures);
  if (!isNamed) inputs[BESIDE] = request.oldInputs?.[name] === undefined ? true : (request.oldInputs[BESIDE] ?? false);
  return { inputs, failures };
}

/** Marks an object whose name was made up: it gets another one when it is made anew, and may stand beside the old. The real provider's word. */
export const BESIDE = "__createBeforeDelete";

function checkName(type: string, property: string, name: Value | undefined, failures: CheckFailure[]): void {
  const rule = nameRuleOf(type);
  if (typeof name === "string" && rule?.pattern.test(name) === false)
    failures.push({ property, reason: `must be ${rule.words}, not "${name}": Azure takes no other` });
}

/** Marks what is at a path as secret, unless it or something around it is one. */
function hide(around: Value | undefined, [key = "", ...rest]: string[]): void {
  if (!isMap(around)) return;
  const value = around[key];
  if (rest.length > 0) hide(value, rest);
  else if (value !== undefined && !(value instanceof Secret) && !(value instanceof Unknown)) around[key] = new Secret(value);
}

function unsupported(type: string): string {
  const known = Object.keys(CLASSES).sort().join(", ");
  return `"${type}" is not supported by the embedded engine, which has ${known}: run this stack with the Pulumi CLI`;
}

/** The name that the object bears already, else `<resource name><8 hex digits>`, as the real provider names (a GUID for role assignments). */
function automaticName({ oldInputs, news, name, randomSeed, urn }: CheckRequest, key: string, guid: boolean): Value {
  if (news[key] === undefined && oldInputs?.[key] !== undefined) return oldInputs[key];
  const hex = Buffer.from(randomSeed).toString("hex");
  return guid ? guidOf(`${urn}\0${hex}`) : `${name}${hex.slice(0, 8)}`;
}

/** Without what is nothing: an input that is null or undefined was not given. */
function cleaned(value: Value): Value {
  if (value instanceof Secret) return new Secret(cleaned(value.value));
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (v === null || v === undefined ? [] : [[k, cleaned(v)]])));
}

function checkFields(inputs: PropertyMap, fields: Fields, path: string, failures: CheckFailure[]): void {
  for (const [key, { required }] of Object.entries(fields))
    if (required && inputs[key] === undefined) failures.push({ property: path + key, reason: "is required" });
  for (const [key, value] of Object.entries(inputs)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field !== undefined) checkValue(value, field.shape, path + key, failures);
    else failures.push({ property: path + key, reason: `is no property here, where there are ${Object.keys(fields).join(", ")}` });
  }
}

function checkValue(value: Value, shape: Shape, path: string, failures: CheckFailure[]): void {
  const hidden = value instanceof Secret;
  const plain = hidden ? value.value : value;
  if (plain instanceof Unknown || shape === "any") return;
  const fail = (reason: string) => failures.push({ property: path, reason });
  if (typeof shape === "string") {
    const noun = { string: "a text", number: "a number", boolean: "true or false" }[shape];
    if (typeof plain !== shape) fail(`must be ${noun}`);
  } else if ("oneOf" in shape) {
    if (!shape.oneOf.includes(plain as string))
      fail(`must be one of ${shape.oneOf.join(", ")}${hidden ? "" : `, not ${JSON.stringify(plain)}`}`);
  } else if ("list" in shape) {
    if (!Array.isArray(plain)) fail("must be a list");
    else for (const [index, item] of plain.entries()) checkValue(item, shape.list, `${path}[${index}]`, failures);
  } else if ("map" in shape) {
    if (!isMap(plain)) fail("must be an object");
    else for (const [key, item] of Object.entries(plain)) checkValue(item, shape.map, `${path}.${key}`, failures);
  } else if ("anyOf" in shape) failures.push(...bestOf(value, shape.anyOf, path));
  else if (!isMap(plain)) fail("must be an object");
  else checkFields(plain, sdk().types[shape.type] ?? {}, `${path}.`, failures);
}

/** What is wrong with a value that may be of several types: nothing if it is of one, else what the type says that it comes closest to. */
function bestOf(value: Value, shapes: readonly Shape[], path: string): CheckFailure[] {
  const tried = shapes.map((shape) => {
    const failures: CheckFailure[] = [];
    checkValue(value, shape, path, failures);
    return failures;
  });
  return tried.reduce((best, failures) => (failures.length < best.length ? failures : best));
}
