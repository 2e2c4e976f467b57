import { StorageQuantity } from "../../../components/primitives.ts";
import type { Json } from "../../report/diff.ts";
import { isA, listAt, mapAt, type Note, nameOf, numberAt, textAt, titleOf } from "./objects.ts";

/** What a StatefulSet stores where, or why that can be no service's: Kubernetes never changes a claim template. */
export function claimsOf(object: Json): { volumes: Json[]; claims: Record<string, string>; storageClass?: string } | string {
  if ((textAt(object, "spec", "podManagementPolicy") ?? "OrderedReady") !== "OrderedReady")
    return "spec.podManagementPolicy: Parallel cannot be said, and is never changed";
  const templates = listAt(object, "spec", "volumeClaimTemplates");
  if (templates.length === 0) return "spec.volumeClaimTemplates: it keeps no volume, and what keeps none is a Deployment in Liftlock";
  const container = listAt(object, "spec", "template", "spec", "containers")[0];
  const classes = new Set(templates.map((one) => textAt(one, "spec", "storageClassName")));
  if (classes.size > 1) return "spec.volumeClaimTemplates: they have several storage classes, and an environment has one";
  const volumes: Json[] = [];
  for (const [i, one] of templates.entries()) {
    const field = `spec.volumeClaimTemplates[${i}]`;
    const size = textAt(one, "spec", "resources", "requests", "storage") ?? "";
    if (!StorageQuantity.safeParse(size).success) return `${field}.spec.resources: ${size} has no binary unit, and is never changed`;
    if (JSON.stringify(one.spec && mapAt(one, "spec").accessModes) !== '["ReadWriteOnce"]')
      return `${field}.spec.accessModes: must be ReadWriteOnce`;
    const more = [...Object.keys(mapAt(one, "metadata", "labels")), ...Object.keys(mapAt(one, "metadata", "annotations"))];
    if (more.length > 0) return `${field}.metadata: its labels and annotations cannot be said, and are never changed`;
    const mount = listAt(container, "volumeMounts").find(({ name }) => name === nameOf(one));
    if (mount === undefined) return `${field}: nothing mounts it`;
    volumes.push({ name: nameOf(one), path: String(mount.mountPath), size });
  }
  const [storageClass] = [...classes];
  return {
    volumes,
    claims: Object.fromEntries(templates.map((one) => [nameOf(one), nameOf(one)])),
    ...(storageClass === undefined ? {} : { storageClass }),
  };
}

/** How many pods, by whom. `fixed`: nothing scales what keeps data. */
export function scaleOf(
  object: Json,
  objects: readonly Json[],
  fixed: boolean,
): { settings: Json; autoscaler?: string; objects: Json[]; notes: Note[] } {
  const title = titleOf(object);
  const replicas = numberAt(object, "spec", "replicas") ?? 1;
  const scaler = objects.find(
    (other) =>
      isA(other, "autoscaling", "HorizontalPodAutoscaler") &&
      textAt(other, "spec", "scaleTargetRef", "name") === nameOf(object) &&
      textAt(other, "spec", "scaleTargetRef", "kind") === object.kind,
  );
  const notes: Note[] =
    replicas === 0 ? [{ object: title, field: "spec.replicas", why: "0 becomes 1: a service that does not run is no service" }] : [];
  if (scaler === undefined || fixed) {
    if (scaler !== undefined) notes.push({ object: titleOf(scaler), why: "what keeps data is not scaled by itself: delete it before up" });
    return { settings: { replicas: { min: Math.max(1, replicas), max: Math.max(1, replicas) } }, objects: [], notes };
  }
  const metrics = listAt(scaler, "spec", "metrics");
  const cpu = numberAt(
    metrics.find((metric) => textAt(metric, "resource", "name") === "cpu"),
    "resource",
    "target",
    "averageUtilization",
  );
  if (metrics.length > (cpu === undefined ? 0 : 1))
    notes.push({ object: titleOf(scaler), field: "spec.metrics", why: "services are scaled by CPU use alone" });
  const min = Math.max(1, numberAt(scaler, "spec", "minReplicas") ?? 1);
  const max = numberAt(scaler, "spec", "maxReplicas") ?? min;
  if (max === min)
    notes.push({
      object: titleOf(scaler),
      why: "it has nothing to choose (minReplicas is maxReplicas), so the settings fix the number: delete it before up",
    });
  return {
    settings: { replicas: { min, max }, ...(cpu === undefined ? {} : { cpuTarget: cpu }) },
    ...(max === min ? {} : { autoscaler: nameOf(scaler) }),
    objects: max === min ? [] : [scaler],
    notes,
  };
}
