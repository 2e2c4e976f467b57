import { hasUnknown, isMap, type PropertyMap, reveal, Secret, Unknown, type Value } from "../../engine/values.ts";

/** Fields of an object's metadata that only the API server writes. */
const READ_ONLY_METADATA = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];

/**
 * The inputs in the form in which they are compared and sent: without read-only metadata and nulls, and with a Secret's `stringData`
 * as base64 under `data` (the API server would do the same, and `stringData` never comes back).
 */
export function normalize(inputs: PropertyMap): PropertyMap {
  let object = withoutNulls(inputs) as PropertyMap;
  const { metadata } = object;
  if (isMap(metadata)) {
    object = { ...object, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !READ_ONLY_METADATA.includes(key))) };
  }
  return object.kind === "Secret" && object.apiVersion === "v1" ? encodeStringData(object) : object;
}

function encodeStringData(secret: PropertyMap): PropertyMap {
  const { stringData, data, ...rest } = secret;
  if (stringData === undefined) return secret;
  if (hasUnknown(stringData) || (data !== undefined && hasUnknown(data))) return secret;
  const texts = reveal(stringData);
  const encoded = data === undefined ? {} : reveal(data);
  if (!isMap(texts) || !isMap(encoded) || Object.values(texts).some((text) => typeof text !== "string")) return secret;
  if (Object.keys(texts).length === 0) return data === undefined ? rest : { ...rest, data };
  const merged: PropertyMap = { ...encoded };
  for (const [key, text] of Object.entries(texts)) merged[key] = Buffer.from(String(text), "utf8").toString("base64");
  return { ...rest, data: new Secret(merged) };
}

function withoutNulls(value: Value): Value {
  if (value instanceof Secret) return value.value === null ? value : new Secret(withoutNulls(value.value));
  if (value instanceof Unknown) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== null && v !== undefined)
      .map(([k, v]) => [k, withoutNulls(v)]),
  );
}
