import type { CheckFailure, CheckRequest } from "../../engine/provider.ts";
import { isMap, type PropertyMap, reveal, Secret, Unknown, type Value } from "../../engine/values.ts";
import { adoptedName, automaticName, DEFAULTS } from "./naming.ts";
import { RESOURCES, type ResourceSchema, schemaOf } from "./schema/resource.ts";
import type { Field, Fields, Shape } from "./schema/shape.ts";

/** Completes inputs with the automatic name, marks secrets, and says everything that is wrong with them. Asks nobody. */
export function check(request: CheckRequest): { inputs: PropertyMap; failures: CheckFailure[] } {
  const schema = schemaOf(request.type);
  if (schema === undefined) return { inputs: request.news, failures: [{ property: "", reason: unsupported(request.type) }] };
  const failures: CheckFailure[] = [];
  const inputs = withName(request, schema, cleaned(request.news, schema.inputs) as PropertyMap);
  checkFields(inputs, schema.inputs, "", failures);
  if (failures.length === 0) failures.push(...(schema.rules?.(reveal(inputs) as PropertyMap) ?? []));
  return { inputs, failures };
}

function unsupported(type: string): string {
  const known = Object.keys(RESOURCES).map((token) => token.split(":").at(-1));
  return `"${type}" is not supported by the embedded engine, which has ${known.join(", ")}: run this stack with the Pulumi CLI`;
}

function withName({ oldInputs, name, randomSeed }: CheckRequest, { autonamed }: ResourceSchema, inputs: PropertyMap): PropertyMap {
  if (autonamed === undefined || inputs[autonamed] !== undefined) return inputs;
  return { ...inputs, [autonamed]: adoptedName(oldInputs) ?? automaticName(name, randomSeed), [DEFAULTS]: [autonamed] };
}

/** Without what is nothing and without the bridge's own marks; secret where the schema says so. */
function cleaned(value: Value, fields: Fields | undefined): Value {
  if (value instanceof Secret) return new Secret(cleaned(value.value, fields));
  if (Array.isArray(value)) return value.map((item) => cleaned(item, fields));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([key, item]) => key !== DEFAULTS && item !== null && item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const field = fields?.[key];
      const clean = cleaned(item, field === undefined ? undefined : fieldsOf(field.shape));
      return [key, field?.secret === true && !(clean instanceof Secret) ? new Secret(clean) : clean];
    }),
  );
}

const fieldsOf = (shape: Shape): Fields | undefined =>
  shape.kind === "object" ? shape.fields : shape.kind === "list" ? fieldsOf(shape.of) : undefined;

function checkFields(inputs: PropertyMap, fields: Fields, path: string, failures: CheckFailure[]): void {
  for (const [key, field] of Object.entries(fields)) {
    if (field.required && inputs[key] === undefined) failures.push({ property: path + key, reason: "is required" });
  }
  for (const [key, value] of Object.entries(inputs)) {
    if (key === DEFAULTS) continue;
    const field: Field | undefined = fields[key];
    if (field === undefined) {
      failures.push({
        property: path + key,
        reason: `is no property of this resource, which has ${Object.keys(fields).sort().join(", ")}`,
      });
    } else checkValue(value, field.shape, path + key, failures);
  }
}

function checkValue(value: Value, shape: Shape, path: string, failures: CheckFailure[]): void {
  const hidden = value instanceof Secret;
  const plain = hidden ? value.value : value;
  if (plain instanceof Unknown) return;
  const shown = hidden ? "the value" : JSON.stringify(plain);
  const reason = faultOf(plain, shape, shown);
  if (reason !== undefined) failures.push({ property: path, reason });
  else if (shape.kind === "object") checkFields(plain as PropertyMap, shape.fields, `${path}.`, failures);
  else if (shape.kind === "list") {
    for (const [index, item] of (plain as Value[]).entries()) checkValue(item, shape.of, `${path}[${index}]`, failures);
  }
}

/** What is wrong with a known value itself; what is inside it comes after. */
function faultOf(plain: Value, shape: Shape, shown: string): string | undefined {
  switch (shape.kind) {
    case "text":
      if (typeof plain !== "string") return "must be a text";
      if (shape.oneOf?.includes(plain) === false) return `must be one of ${shape.oneOf.join(", ")}, not ${shown}`;
      return shape.pattern?.test(plain) === false ? `${shown} ${shape.words}` : undefined;
    case "flag":
      return typeof plain === "boolean" ? undefined : "must be true or false";
    case "whole": {
      if (typeof plain !== "number" || !Number.isInteger(plain)) return "must be a whole number";
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = shape;
      return plain < min || plain > max ? `must be from ${min} to ${max}, not ${shown}` : undefined;
    }
    case "list":
      if (!Array.isArray(plain)) return "must be a list";
      return shape.max !== undefined && plain.length > shape.max
        ? `has ${plain.length} entries: GitHub takes at most ${shape.max}`
        : undefined;
    case "object":
      return isMap(plain) ? undefined : "must be an object";
  }
}
