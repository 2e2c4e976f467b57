import { isRecord, type Json } from "../report/diff.ts";
import type { Applied } from "./baseline.ts";
import { type Difference, differences, same } from "./compare.ts";
import type { Author } from "./finding.ts";
import { type FieldsEntry, isController, isForeign, managedFields, ownedPaths, ownersOf } from "./managers.ts";
import { type Path, pathText, setAt, valueAt } from "./path.ts";

/** A field that is not as it was applied. Values are as they are: never shown as such. */
export interface FieldDrift extends Difference {
  readonly change: "added" | "removed" | "changed";
  readonly by?: Author;
}

/** What the stack's autoscaler of a workload may do with its number of replicas. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Metadata that the API server writes. */
const SERVERS_OWN = [
  "managedFields",
  "resourceVersion",
  "uid",
  "generation",
  "creationTimestamp",
  "selfLink",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generateName",
];

const REPLICAS = "spec.replicas";

/**
 * What of an object is not as it was applied: compared is the whole object that the API server returned then, defaults included. Fields that
 * the program did not declare may be changed by what runs in the cluster (managedFields tells); declared ones by nobody.
 */
export function objectDrift(before: Applied, now: Json, bounds?: Bounds): FieldDrift[] {
  return driftOf({ ...before, live: withoutUse(before.live) }, withoutUse(now), bounds);
}

function driftOf(applied: Applied, live: Json, bounds?: Bounds): FieldDrift[] {
  const was = comparable(applied.live);
  const is = comparable(live);
  const now = managedFields(live);
  const then = managedFields(applied.live);
  const judged = differences(was, is).flatMap((difference): FieldDrift[] => {
    const { path, before, after } = difference;
    if (applied.sealed.some((sealed) => under(pathText(path), sealed))) return [];
    const declared = valueAt(applied.declared, path) !== undefined;
    const owners = ownersOf(now, path, live);
    if (bounds !== undefined && pathText(path) === REPLICAS && !declared) return within(after, bounds) ? [] : [changed(difference, owners)];
    if (before !== undefined && after !== undefined) return declared || !theClusters(owners) ? [changed(difference, owners)] : [];
    if (before === undefined) {
      // Owned by nobody: a default that a later version of the API server fills in.
      const author = owners.find(isForeign) ?? owners[0];
      return author === undefined || isController(author) ? [] : [{ ...difference, change: "added", by: authorOf(author) }];
    }
    const former = ownersOf(then, path, applied.live);
    const gone = declared || former.every((owner) => !isForeign(owner) && !isController(owner));
    return gone ? [{ ...difference, change: "removed" }] : [];
  });
  const found = judged.map(({ path }) => pathText(path));
  return [
    ...judged,
    ...takenIntoState(applied, live, now, then).filter(({ path }) => !found.some((known) => touches(known, pathText(path)))),
  ];
}

/** `refresh` takes into state what somebody added: it is there then as if it had been applied, but the program never declared it. */
function takenIntoState(applied: Applied, live: Json, now: FieldsEntry[], then: FieldsEntry[]): FieldDrift[] {
  return now.filter(isForeign).flatMap((entry) =>
    ownedPaths(entry.fields, live).flatMap((path): FieldDrift[] => {
      const after = valueAt(live, path);
      const known = after !== undefined && same(valueAt(applied.live, path), after);
      const foreign = ownersOf(then, path, applied.live).some(({ manager }) => manager === entry.manager);
      const skip = path[0] === "status" || isServersOwn(path) || pathText(path) === REPLICAS;
      if (!known || !foreign || skip || valueAt(applied.declared, declaredPath(applied, path)) !== undefined) return [];
      return [{ path, before: undefined, after, change: "added", by: authorOf(entry) }];
    }),
  );
}

/** A Secret is declared as text and kept as data. */
const declaredPath = ({ kind, declared }: Applied, path: Path): Path =>
  kind === "Secret" && path[0] === "data" && isRecord(declared.stringData) ? ["stringData", ...path.slice(1)] : path;

const changed = (difference: Difference, owners: readonly FieldsEntry[]): FieldDrift => {
  const author = owners.find(isForeign);
  return { ...difference, change: "changed", ...(author === undefined ? {} : { by: authorOf(author) }) };
};
const theClusters = (owners: readonly FieldsEntry[]): boolean => owners[0] !== undefined && isController(owners[0]);
const within = (replicas: unknown, { min, max }: Bounds): boolean => typeof replicas === "number" && replicas >= min && replicas <= max;

export const authorOf = ({ manager, operation, time, subresource }: Author): Author => ({
  manager,
  operation,
  ...(time === undefined ? {} : { time }),
  ...(subresource === undefined ? {} : { subresource }),
});

const isServersOwn = (path: Path): boolean => path[0] === "metadata" && SERVERS_OWN.includes(String(path[1]));
const under = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
const touches = (a: string, b: string): boolean => under(a, b) || under(b, a);

/** By it a class's controller says that there are Gateways of the class: https://gateway-api.sigs.k8s.io/api-types/gatewayclass */
const IN_USE = "gateway-exists-finalizer.gateway.networking.k8s.io";

function withoutUse(object: Json): Json {
  const { finalizers, ...metadata } = isRecord(object.metadata) ? object.metadata : {};
  if (object.kind !== "GatewayClass" || !Array.isArray(finalizers)) return object;
  const others = finalizers.filter((name) => name !== IN_USE);
  return { ...object, metadata: others.length === 0 ? metadata : { ...metadata, finalizers: others } };
}

/** The object without what the API server and its controllers report. */
export function comparable({ status: _, ...object }: Json): Json {
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  const kept = Object.entries(metadata).filter(([name]) => !SERVERS_OWN.includes(name));
  const result = { ...object, metadata: Object.fromEntries(kept) };
  return object.kind === "Job" ? withoutUid(result) : result;
}

/** A Job's pods are told apart by the uid that the Job has: made again, it has another. */
function withoutUid(job: Json): Json {
  const copy = structuredClone(job);
  for (const path of [
    ["spec", "selector", "matchLabels"],
    ["spec", "template", "metadata", "labels"],
    ["metadata", "labels"],
  ])
    for (const key of ["controller-uid", "batch.kubernetes.io/controller-uid"]) setAt(copy, [...path, key], undefined);
  return copy;
}
