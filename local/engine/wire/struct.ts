import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { isMap, type PropertyMap, Reference, reveal, Secret, UNKNOWN, Unknown, type Value } from "../values.ts";

/** How Pulumi's wire protocol marks special values inside a google.protobuf.Struct (sdk/nodejs runtime/rpc). */
export const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const referenceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** What stands for a value that a preview cannot know; also the id of a provider that does not exist yet. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
type Struct = InstanceType<typeof structPb.Struct>;

export function decodeStruct(struct: Struct | undefined): PropertyMap {
  return struct === undefined ? {} : decodeMap(struct.toJavaScript() as Record<string, Json>);
}

/** `undefined` for no value and for null, which says the same where it is used. */
export function decodeValue(value: InstanceType<typeof structPb.Value> | undefined): Value | undefined {
  const decoded = value === undefined ? null : decode(value.toJavaScript() as Json);
  return decoded === null ? undefined : decoded;
}

export function encodeStruct(values: PropertyMap): Struct {
  const plain: Record<string, Json> = {};
  for (const [key, value] of Object.entries(values)) plain[key] = encode(value);
  return structPb.Struct.fromJavaScript(plain as never);
}

function decode(json: Json): Value {
  if (json === unknownText) return UNKNOWN;
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(decode);
  const map = json as Record<string, Json>;
  switch (map[signatureKey]) {
    case secretSignature:
      return new Secret(reveal(decode(map.value ?? null)));
    case referenceSignature:
      return new Reference(
        String(map.urn),
        map.id === undefined ? undefined : map.id === unknownText ? "" : String(map.id),
        String(map.packageVersion ?? ""),
      );
    case outputSignature: {
      const value = map.value === undefined ? UNKNOWN : decode(map.value);
      return map.secret === true ? new Secret(reveal(value)) : value;
    }
    default:
      // Assets and archives pass through as they are: no provider of the local world looks into one.
      return decodeMap(map);
  }
}

function decodeMap(map: Record<string, Json | undefined>): PropertyMap {
  const result: PropertyMap = {};
  for (const [key, value] of Object.entries(map)) if (value !== undefined) result[key] = decode(value);
  return result;
}

function encode(value: Value): Json {
  if (value instanceof Secret) return { [signatureKey]: secretSignature, value: encode(value.value) };
  if (value instanceof Unknown) return unknownText;
  if (value instanceof Reference) {
    const reference: Record<string, Json> = { [signatureKey]: referenceSignature, urn: value.urn };
    if (value.id !== undefined) reference.id = value.id;
    if (value.packageVersion !== "") reference.packageVersion = value.packageVersion;
    return reference;
  }
  if (Array.isArray(value)) return value.map(encode);
  if (!isMap(value)) return value;
  const result: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) if (inner !== undefined) result[key] = encode(inner);
  return result;
}
