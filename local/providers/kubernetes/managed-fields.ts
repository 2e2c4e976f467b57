import { isMap, type PropertyMap, type Value } from "../../engine/values.ts";
import { metadataOf } from "./annotations.ts";
import { own } from "./own.ts";
import type { Path } from "./paths.ts";

/** Who last set which fields of an object (metav1.ManagedFieldsEntry). */
export interface FieldsEntry {
  manager: string;
  operation: string;
  subresource: string;
  fields: PropertyMap;
  raw: PropertyMap;
}

/** Manager of a client-side create, as pulumi-kubernetes names it; later updates apply under `pulumi-kubernetes-<hex>`. */
export const CREATE_MANAGER = "pulumi-kubernetes";

export function managedFields(object: PropertyMap): FieldsEntry[] {
  const entries = metadataOf(object).managedFields;
  return (Array.isArray(entries) ? entries.filter(isMap) : []).map((raw) => ({
    manager: String(raw.manager ?? ""),
    operation: String(raw.operation ?? ""),
    subresource: String(raw.subresource ?? ""),
    fields: isMap(raw.fieldsV1) ? raw.fieldsV1 : {},
    raw,
  }));
}

/**
 * Managers whose fields an update takes over: client-side creates of this provider, and what people did with kubectl (facts:
 * pulumi-kubernetes, await.go fixCSAFieldManagers; names match as prefixes, so `kubectl-create` and `kubectl-edit` count too).
 */
export function isTakenOver(entry: Pick<FieldsEntry, "manager" | "operation" | "subresource">): boolean {
  if (entry.subresource !== "") return false;
  if (entry.manager.startsWith("kubectl")) return entry.operation === "Apply" || entry.operation === "Update";
  return (
    entry.operation === "Update" &&
    ["before-first-apply", CREATE_MANAGER, "pulumi-resource-kubernetes"].some((name) => entry.manager.startsWith(name))
  );
}

/** Made or applied by this provider or the real one. */
export const isPulumis = (object: PropertyMap): boolean =>
  managedFields(object).some(
    ({ manager, subresource }) => subresource === "" && (manager === CREATE_MANAGER || manager.startsWith(`${CREATE_MANAGER}-`)),
  );

/**
 * The JSON patch that gives the fields of those managers to `fieldManager`, so that its next apply may change and remove them;
 * undefined when there is nothing to take over. It fails when the object has changed meanwhile.
 */
export function takeoverPatch(object: PropertyMap, fieldManager: string): Value | undefined {
  const entries = managedFields(object);
  const taken = entries.filter(isTakenOver);
  if (taken.length === 0) return undefined;
  const own = entries.filter(
    ({ manager, operation, subresource }) => manager === fieldManager && operation === "Apply" && subresource === "",
  );
  const first = (own[0] ?? taken[0]!).raw;
  const merged: PropertyMap = {
    ...first,
    manager: fieldManager,
    operation: "Apply",
    fieldsV1: [...own, ...taken].map(({ fields }) => fields).reduce(union, {}),
  };
  const rest = entries.filter((entry) => !taken.includes(entry) && !own.includes(entry)).map(({ raw }) => raw);
  return [
    { op: "test", path: "/metadata/resourceVersion", value: metadataOf(object).resourceVersion ?? null },
    { op: "replace", path: "/metadata/managedFields", value: [...rest, merged] },
  ];
}

function union(a: PropertyMap, b: PropertyMap): PropertyMap {
  const merged: PropertyMap = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = own(merged, key);
    merged[key] = isMap(other) && isMap(value) ? union(other, value) : value;
  }
  return merged;
}

/** Is the field at `path` of `object` in this set of fields? Parents of owned fields count as owned. */
export function ownsField(fields: PropertyMap, path: Path, object: Value | undefined): boolean {
  let node: PropertyMap = fields;
  let value = object;
  for (const segment of path) {
    const next = typeof segment === "string" ? node[`f:${segment}`] : itemNode(node, segment, value);
    if (!isMap(next)) return false;
    node = next;
    value = typeof segment === "number" ? (Array.isArray(value) ? value[segment] : undefined) : isMap(value) ? value[segment] : undefined;
  }
  return true;
}

/** List items are named by their keys (`k:{"name":"api"}`), their value (`v:"a"`) or their index (`i:0`). */
function itemNode(node: PropertyMap, index: number, list: Value | undefined): Value | undefined {
  if (node[`i:${index}`] !== undefined) return node[`i:${index}`];
  const item = Array.isArray(list) ? list[index] : undefined;
  for (const [name, child] of Object.entries(node)) {
    if (name.startsWith("v:") && JSON.stringify(item) === name.slice(2)) return child;
    if (!name.startsWith("k:") || !isMap(item)) continue;
    const keys = JSON.parse(name.slice(2)) as Record<string, unknown>;
    if (Object.entries(keys).every(([key, wanted]) => item[key] === wanted)) return child;
  }
  return undefined;
}
