/** An object of the Kubernetes API as JSON has it. */
export type KubeObject = { [key: string]: unknown };

export const isObject = (value: unknown): value is KubeObject => typeof value === "object" && value !== null && !Array.isArray(value);

export const metadataOf = ({ metadata }: KubeObject): KubeObject => (isObject(metadata) ? metadata : {});
export const uidOf = (object: KubeObject): string => String(metadataOf(object).uid ?? "");

/** Annotations with a text value. */
export function annotationsOf(object: KubeObject): Record<string, string> {
  const { annotations } = metadataOf(object);
  if (!isObject(annotations)) return {};
  return Object.fromEntries(Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
