import type { PropertyMap } from "../../engine/values.ts";

/** Group, version and kind of a Kubernetes API object. The core group is "". */
export interface Gvk {
  group: string;
  version: string;
  kind: string;
}

/** `kubernetes:apps/v1:Deployment` -> apps, v1, Deployment. Undefined for tokens that name no API object (`kubernetes:helm.sh/v3:Release` does). */
export function gvkOfType(type: string): Gvk | undefined {
  const [pkg, module, kind, more] = type.split(":");
  const [group, version, rest] = (module ?? "").split("/");
  if (pkg !== "kubernetes" || !kind || more !== undefined || !group || !version || rest !== undefined) return undefined;
  return { group: group === "core" ? "" : group, version, kind };
}

export function gvkOfApiVersion(apiVersion: string, kind: string): Gvk {
  const [first = "", second] = apiVersion.split("/");
  if (second === undefined) return { group: "", version: first, kind };
  return { group: first === "core" ? "" : first, version: second, kind };
}

export const apiVersionOf = ({ group, version }: Gvk): string => (group === "" ? version : `${group}/${version}`);

/** The kind that inputs name, or else the one of the type token. */
export function gvkOf(inputs: PropertyMap, type: string): Gvk | undefined {
  const { apiVersion, kind } = inputs;
  return typeof apiVersion === "string" && typeof kind === "string" ? gvkOfApiVersion(apiVersion, kind) : gvkOfType(type);
}

/** A resource's id: `namespace/name`, or `name` for what has no namespace. */
export const idOf = (namespace: string | undefined, name: string): string => (namespace ? `${namespace}/${name}` : name);

export function parseId(id: string): { namespace: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { namespace: "", name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}
