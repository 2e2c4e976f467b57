import type { ResourceState } from "../state.ts";
import type { PropertyMap, Value } from "../values.ts";
import { escapeSeparators, jsonObject, jsonText } from "./json-text.ts";
import { type PropertyCodec, PropertyError } from "./property-codec.ts";

/** What is wrong with a resource of a checkpoint: the caller names the file. */
export class ResourceError extends Error {}

type Shape = "text" | "flag" | "always-flag" | "properties" | "value" | "list" | "map" | "frames";

/** Fields of a resource in the order in which Pulumi writes them (apitype.ResourceV3). Empty ones are left out. */
const FIELDS: readonly (readonly [keyof ResourceState, Shape])[] = [
  ["urn", "text"],
  ["custom", "always-flag"],
  ["delete", "flag"],
  ["id", "text"],
  ["type", "text"],
  ["inputs", "properties"],
  ["outputs", "properties"],
  ["parent", "text"],
  ["protect", "flag"],
  ["external", "flag"],
  ["dependencies", "list"],
  ["initErrors", "list"],
  ["provider", "text"],
  ["propertyDependencies", "map"],
  ["pendingReplacement", "flag"],
  ["additionalSecretOutputs", "list"],
  ["aliases", "list"],
  ["customTimeouts", "map"],
  ["importID", "text"],
  ["retainOnDelete", "flag"],
  ["deletedWith", "text"],
  ["replaceWith", "list"],
  ["created", "text"],
  ["modified", "text"],
  ["sourcePosition", "text"],
  ["stackTrace", "frames"],
  ["ignoreChanges", "list"],
  ["hideDiff", "frames"],
  ["replaceOnChanges", "list"],
  ["replacementTrigger", "value"],
  ["resourceHooks", "map"],
];
const SHAPES = new Map<string, Shape>(FIELDS);

/** JSON text of a resource. `place` keeps the ciphertexts of its secrets apart from those of its namesakes. */
export function encodeResource(resource: ResourceState, codec: PropertyCodec, place: string): string {
  return escapeSeparators(jsonObject(FIELDS.map(([key, shape]) => [key, encodeField(resource, key, shape, codec, place)] as const)));
}

function encodeField(
  resource: ResourceState,
  key: keyof ResourceState,
  shape: Shape,
  codec: PropertyCodec,
  place: string,
): string | undefined {
  const value = resource[key];
  if (shape === "always-flag") return String(value === true);
  if (value === undefined || value === null || value === false || value === "") return undefined;
  if (shape === "text") return JSON.stringify(value);
  if (shape === "flag") return "true";
  if (shape === "value") return codec.encodeMap({ "": value as Value }, `${place}\n${key}`).slice('{"":'.length, -1);
  if (Array.isArray(value)) return value.length === 0 ? undefined : jsonText(value);
  if (Object.keys(value).length === 0) return undefined;
  if (shape === "properties") return codec.encodeMap(value as PropertyMap, `${place}\n${key}`);
  return jsonText(value);
}

/** The place of a resource: its URN, and for one that waits to be deleted its id too, since its replacement has the same URN. */
export const placeOf = (urn: string, id: string | undefined, deleted: boolean | undefined): string =>
  deleted ? `${urn}\n${id ?? ""}` : urn;

/** Throws `ResourceError`; a field that this version would lose on the next write is refused. */
export function decodeResource(json: unknown, index: number, codec: PropertyCodec, place = placeOf): ResourceState {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new ResourceError(`resource ${index} is not an object`);
  const fields = json as Record<string, unknown>;
  const name = typeof fields.urn === "string" && fields.urn !== "" ? fields.urn : `resource ${index}`;
  const at = place(name, fields.id as string | undefined, fields.delete as boolean | undefined);
  const resource: Record<string, unknown> = { inputs: {}, outputs: {} };
  for (const [key, value] of Object.entries(fields)) {
    const shape = SHAPES.get(key);
    if (shape === undefined) throw new ResourceError(`${name} has the field "${key}", which this version does not know`);
    if (value === null) continue;
    if (!fits(value, shape)) throw new ResourceError(`${name}: "${key}" has the wrong type`);
    const decode = (map: unknown) => decodeProperties(map, codec, `${at}\n${key}`, `${name}: ${key}`);
    resource[key] = shape === "properties" ? decode(value) : shape === "value" ? decode({ "": value })[""] : value;
  }
  for (const key of ["urn", "type"] as const) if (!resource[key]) throw new ResourceError(`${name} has no "${key}"`);
  resource.custom ??= false;
  return resource as unknown as ResourceState;
}

function fits(value: unknown, shape: Shape): boolean {
  if (shape === "text") return typeof value === "string";
  if (shape === "flag" || shape === "always-flag") return typeof value === "boolean";
  if (shape === "list") return Array.isArray(value) && value.every((v) => typeof v === "string");
  if (shape === "frames") return Array.isArray(value);
  if (shape === "value") return true;
  return typeof value === "object" && !Array.isArray(value);
}

function decodeProperties(value: unknown, codec: PropertyCodec, place: string, name: string): PropertyMap {
  try {
    return codec.decodeMap(value, place);
  } catch (error) {
    if (error instanceof PropertyError) throw new ResourceError(`${name}${error.path === "" ? "" : `.${error.path}`}: ${error.message}`);
    throw error;
  }
}
