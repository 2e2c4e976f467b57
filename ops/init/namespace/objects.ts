import { isRecord, type Json } from "../../report/diff.ts";

/** Reading plain Kubernetes objects: what is absent or of another shape is simply not there. */
export const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (node, key) => (isRecord(node) || Array.isArray(node) ? (node as Record<string | number, unknown>)[key] : undefined),
    value,
  );
export const mapAt = (value: unknown, ...path: (string | number)[]): Json => {
  const found = at(value, ...path);
  return isRecord(found) ? found : {};
};
export const listAt = (value: unknown, ...path: (string | number)[]): Json[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
};
export const textAt = (value: unknown, ...path: (string | number)[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
};
export const numberAt = (value: unknown, ...path: (string | number)[]): number | undefined => {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
};
export const textsAt = (value: unknown, ...path: (string | number)[]): Record<string, string> =>
  Object.fromEntries(Object.entries(mapAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

export const nameOf = (object: Json): string => textAt(object, "metadata", "name") ?? "";
export const isA = (object: Json, group: string, kind: string): boolean => object.kind === kind && groupOf(object) === group;
export function groupOf({ apiVersion }: Json): string {
  const text = String(apiVersion ?? "");
  return text.includes("/") ? text.slice(0, text.indexOf("/")) : "";
}
/** `Deployment web`. */
export const titleOf = (object: Json): string => `${String(object.kind)} ${nameOf(object)}`;

/** Does a set of labels fulfil a selector of labels alone? */
export const chooses = (selector: Readonly<Record<string, unknown>>, labels: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Something to say of one object: `field` as in its YAML. */
export interface Note {
  readonly object: string;
  readonly field?: string;
  readonly why: string;
}
