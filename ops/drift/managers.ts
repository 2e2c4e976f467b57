import { isRecord, type Json } from "../report/diff.ts";
import type { Author } from "./finding.ts";
import { listKey, type Path, type Step } from "./path.ts";

/** One entry of an object's managedFields (metav1.ManagedFieldsEntry). */
export interface FieldsEntry extends Author {
  readonly fields: Json;
}

export function managedFields(object: Json | undefined): FieldsEntry[] {
  const metadata = isRecord(object?.metadata) ? object.metadata : {};
  const entries = Array.isArray(metadata.managedFields) ? metadata.managedFields.filter(isRecord) : [];
  return entries.map(({ manager, operation, time, subresource, fieldsV1 }) => ({
    manager: String(manager ?? ""),
    operation: String(operation ?? ""),
    ...(typeof time === "string" ? { time } : {}),
    ...(typeof subresource === "string" && subresource !== "" ? { subresource } : {}),
    fields: isRecord(fieldsV1) ? fieldsV1 : {},
  }));
}

/** What runs by itself in a cluster and writes to objects of others: the control plane, nodes, and the stand-in for nodes. */
const CONTROLLERS = new Set([
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-apiserver",
  "cloud-controller-manager",
  "cluster-autoscaler",
  "kube-proxy",
  "kwok",
  "kwok-controller",
]);
export const isController = ({ manager }: Pick<Author, "manager">): boolean => CONTROLLERS.has(manager);
/** The engine's own: `pulumi-kubernetes` creates, `pulumi-kubernetes-<hex>` applies; and what liftlock's commands start. */
export const isOwn = ({ manager }: Pick<Author, "manager">): boolean => /^(pulumi-kubernetes|liftlock)(-|$)/.test(manager);
/** Neither a part of the cluster nor the engine, and not only the object's status. */
export const isForeign = (entry: Author): boolean => !isController(entry) && !isOwn(entry) && entry.subresource !== "status";

/** Who owns the field at `path`; the latest first. The object says which entry of a list an index is. */
export function ownersOf(entries: readonly FieldsEntry[], path: Path, object: unknown): FieldsEntry[] {
  return entries.filter(({ fields }) => owns(fields, path, object)).sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? 1 : -1));
}

function owns(fields: Json, path: Path, object: unknown): boolean {
  let node: unknown = fields;
  let value = object;
  for (const step of path) {
    if (!isRecord(node)) return false;
    // An empty node owns all that is below it.
    if (Object.keys(node).length === 0) return true;
    const entry = Array.isArray(value) ? entryAt(value, step) : undefined;
    node = typeof step === "string" ? node[`f:${step}`] : listNode(node, step, entry);
    value = typeof step === "string" ? (isRecord(value) ? value[step] : undefined) : entry;
  }
  return isRecord(node);
}

const entryAt = (list: readonly unknown[], step: Step): unknown =>
  typeof step === "number"
    ? list[step]
    : typeof step === "object"
      ? list.find((entry) => isRecord(entry) && String(entry[step.by]) === step.value)
      : undefined;

/** Entries of a list are named by their keys (`k:{"name":"api"}`), by their value (`v:"a"`) or their index (`i:0`). */
function listNode(node: Json, step: Step, entry: unknown): unknown {
  if (typeof step === "number" && node[`i:${step}`] !== undefined) return node[`i:${step}`];
  for (const [name, child] of Object.entries(node)) {
    if (name.startsWith("v:") && JSON.stringify(entry) === name.slice(2)) return child;
    if (!name.startsWith("k:") || !isRecord(entry)) continue;
    const keys = JSON.parse(name.slice(2)) as Json;
    if (Object.entries(keys).every(([key, wanted]) => entry[key] === wanted)) return child;
  }
  return undefined;
}

/** Paths of the deepest fields of an entry that the object still has. */
export function ownedPaths(fields: Json, object: unknown, path: Path = []): Path[] {
  const children = Object.entries(fields).filter(([name]) => name !== ".");
  if (children.length === 0) return [path];
  return children.flatMap(([name, child]) => {
    const found = stepOf(name, object);
    return found === undefined || !isRecord(child) ? [] : ownedPaths(child, found.value, [...path, found.step]);
  });
}

function stepOf(name: string, object: unknown): { step: Step; value: unknown } | undefined {
  const rest = name.slice(2);
  if (name.startsWith("f:")) return isRecord(object) && Object.hasOwn(object, rest) ? { step: rest, value: object[rest] } : undefined;
  if (!Array.isArray(object)) return undefined;
  if (name.startsWith("i:")) return { step: Number(rest), value: object[Number(rest)] };
  const wanted: unknown = JSON.parse(rest);
  const index = object.findIndex((entry) =>
    name.startsWith("v:")
      ? JSON.stringify(entry) === rest
      : isRecord(entry) && isRecord(wanted) && Object.entries(wanted).every(([key, value]) => entry[key] === value),
  );
  if (index < 0) return undefined;
  const by = name.startsWith("k:") ? listKey(object) : undefined;
  const value: unknown = object[index];
  return { step: by === undefined ? index : { by, value: String((value as Json)[by]) }, value };
}
