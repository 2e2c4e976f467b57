import { isController, isOwn } from "../drift/managers.ts";
import { isRecord, type Json } from "../report/diff.ts";

/** Manager that keeps what stays as it was before: nothing ever applies under it again. */
export const KEEPER = "liftlock-adopted";
const LAST_APPLIED = "f:kubectl.kubernetes.io/last-applied-configuration";

/**
 * The JSON patch that hands the specification of an object over from those who made it to `fieldManager`, the stack's own, so that its next
 * apply may change and remove what they set: no container, port or probe of before stays beside the new one. Labels and annotations of the object stay
 * (others choose it by them), and so does `spec.replicas` where `declared` leaves it to an autoscaler: a field that nobody keeps falls back to
 * its default, and one replica would be left. Only the book-keeping changes, nothing else. Undefined: there is nothing to hand over.
 */
export function handoverPatch(object: Json, fieldManager: string, declared: Json): unknown[] | undefined {
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  const entries = Array.isArray(metadata.managedFields) ? metadata.managedFields.filter(isRecord) : [];
  const isTaken = (entry: Json) => (entry.subresource ?? "") === "" && !isController(managerOf(entry)) && !isOwn(managerOf(entry));
  const taken = entries.filter(isTaken);
  const [first] = taken;
  if (first === undefined) return undefined;
  const all = taken.map(({ fieldsV1 }) => (isRecord(fieldsV1) ? fieldsV1 : {})).reduce(union, {});
  const leavesReplicas = !(isRecord(declared.spec) && Object.hasOwn(declared.spec, "replicas"));
  const [kept, ours] = split(all, leavesReplicas);
  const entry = (manager: string, fieldsV1: Json): Json => ({ ...first, manager, operation: "Apply", fieldsV1 });
  return [
    { op: "test", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [
        ...entries.filter((one) => !isTaken(one)),
        entry(fieldManager, ours),
        ...(Object.keys(kept).length === 0 ? [] : [entry(KEEPER, kept)]),
      ],
    },
  ];
}

const managerOf = ({ manager }: Json) => ({ manager: String(manager ?? "") });

/** What stays with the keeper, and what becomes the stack's. */
function split(fields: Json, leavesReplicas: boolean): [kept: Json, ours: Json] {
  const { "f:metadata": about, ...rest } = fields;
  const annotations = isRecord(about) && isRecord(about["f:annotations"]) ? about["f:annotations"] : {};
  const { [LAST_APPLIED]: lastApplied, ...others } = annotations;
  const labels = isRecord(about) && isRecord(about["f:labels"]) ? about["f:labels"] : {};
  const isAny = (map: Json) => Object.keys(map).some((key) => key !== ".");
  const meta = { ...(isAny(labels) ? { "f:labels": labels } : {}), ...(isAny(others) ? { "f:annotations": others } : {}) };
  const spec = isRecord(rest["f:spec"]) ? rest["f:spec"] : undefined;
  const keepsReplicas = leavesReplicas && spec?.["f:replicas"] !== undefined;
  const { "f:replicas": _replicas, ...otherSpec } = spec ?? {};
  return [
    { ...(Object.keys(meta).length === 0 ? {} : { "f:metadata": meta }), ...(keepsReplicas ? { "f:spec": { "f:replicas": {} } } : {}) },
    {
      ...rest,
      ...(keepsReplicas ? { "f:spec": otherSpec } : {}),
      ...(lastApplied === undefined ? {} : { "f:metadata": { "f:annotations": { [LAST_APPLIED]: lastApplied } } }),
    },
  ];
}

function union(a: Json, b: Json): Json {
  const merged: Json = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isRecord(other) && isRecord(value) ? union(other, value) : value;
  }
  return merged;
}
