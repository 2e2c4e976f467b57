import { isMap, type PropertyMap, reveal, Secret, type Value } from "../../engine/values.ts";

/** Annotations of Pulumi's that steer its Kubernetes provider, and ours beside them. */
export const AUTONAMED = "pulumi.com/autonamed";
export const SKIP_AWAIT = "pulumi.com/skipAwait";
export const WAIT_FOR = "pulumi.com/waitFor";
export const TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds";
export const REPLACE_UNREADY = "pulumi.com/replaceUnready";
export const PATCH_FORCE = "pulumi.com/patchForce";
export const PATCH_FIELD_MANAGER = "pulumi.com/patchFieldManager";
export const DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy";

export function metadataOf(object: PropertyMap): PropertyMap {
  const metadata = bare(object.metadata);
  return isMap(metadata) ? metadata : {};
}

/** Annotations with a known text value. */
export function annotationsOf(object: PropertyMap): Record<string, string> {
  const annotations = bare(metadataOf(object).annotations);
  if (!isMap(annotations)) return {};
  return Object.fromEntries(
    Object.entries(annotations)
      .map(([key, value]) => [key, reveal(value)] as const)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

export const annotation = (object: PropertyMap, key: string): string | undefined => annotationsOf(object)[key];
export const isAnnotated = (object: PropertyMap, key: string): boolean => annotation(object, key) === "true";

export function nameOf(object: PropertyMap): string | undefined {
  const name = bare(metadataOf(object).name);
  return typeof name === "string" && name !== "" ? name : undefined;
}
export function namespaceOf(object: PropertyMap): string | undefined {
  const namespace = bare(metadataOf(object).namespace);
  return typeof namespace === "string" && namespace !== "" ? namespace : undefined;
}

/** The value under a secret mark that may enclose it as a whole. */
const bare = (value: Value | undefined): Value | undefined => (value instanceof Secret ? value.value : value);
