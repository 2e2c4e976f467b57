import type { CheckFailure } from "../../engine/provider.ts";
import { isMap, type PropertyMap, reveal, type Value } from "../../engine/values.ts";
import type { Gvk } from "./gvk.ts";

/** What every API object may have at its top level, and what these kinds have instead of a `spec`. */
const ALWAYS = ["apiVersion", "kind", "metadata"];
const TOP_LEVEL: Record<string, readonly string[]> = {
  "v1/ConfigMap": ["binaryData", "data", "immutable"],
  "v1/Secret": ["data", "immutable", "stringData", "type"],
  "v1/ServiceAccount": ["automountServiceAccountToken", "imagePullSecrets", "secrets"],
  "rbac.authorization.k8s.io/v1/Role": ["rules"],
  "rbac.authorization.k8s.io/v1/ClusterRole": ["aggregationRule", "rules"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef", "subjects"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef", "subjects"],
  "scheduling.k8s.io/v1/PriorityClass": ["description", "globalDefault", "preemptionPolicy", "value"],
};
const WITH_SPEC = new Set([
  ...["Namespace", "Pod", "Service", "PersistentVolume", "PersistentVolumeClaim", "LimitRange", "ResourceQuota"].map(
    (kind) => `v1/${kind}`,
  ),
  ...["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map((kind) => `apps/v1/${kind}`),
  ...["Job", "CronJob"].map((kind) => `batch/v1/${kind}`),
  ...["Ingress", "NetworkPolicy"].map((kind) => `networking.k8s.io/v1/${kind}`),
  "policy/v1/PodDisruptionBudget",
  "autoscaling/v2/HorizontalPodAutoscaler",
]);

const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/**
 * What an API server would refuse and what can be told without one: unknown top-level fields, names and labels that are none
 * (rules: Kubernetes' "Object Names and IDs" and "Labels and Selectors"), texts that are not text. The rest is the server's to
 * judge, in a preview by its dry run.
 */
export function checkShape(inputs: PropertyMap, gvk: Gvk): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  const id = `${typeof inputs.apiVersion === "string" ? inputs.apiVersion : ""}/${gvk.kind}`;
  const known = TOP_LEVEL[id] ?? (WITH_SPEC.has(id) ? ["spec", "status"] : undefined);
  if (known) {
    for (const key of Object.keys(inputs)) {
      if (!ALWAYS.includes(key) && !known.includes(key)) {
        fail(key, `${gvk.kind} (${inputs.apiVersion}) has no field "${key}": it has ${[...ALWAYS, ...known].join(", ")}`);
      }
    }
  }
  const metadata = plain(inputs.metadata);
  if (isMap(metadata)) checkMetadata(metadata, gvk, fail);
  if (id === "v1/ConfigMap") checkTexts(inputs, "data", fail);
  return failures;
}

function checkMetadata(metadata: PropertyMap, gvk: Gvk, fail: (property: string, reason: string) => void): void {
  const { name } = metadata;
  const freeNames = gvk.group === "rbac.authorization.k8s.io"; // path segments: "system:node" is a good name there
  if (typeof name === "string" && !freeNames && (name.length > 253 || !DNS_SUBDOMAIN.test(name))) {
    fail(
      "metadata.name",
      `"${name}" is no object name: at most 253 characters, lower-case letters, digits, "-" and ".", a letter or digit at both ends`,
    );
  }
  checkTexts(metadata, "annotations", fail, "metadata.");
  checkTexts(metadata, "labels", fail, "metadata.");
  if (!isMap(metadata.labels)) return;
  for (const [key, value] of Object.entries(metadata.labels)) {
    if (typeof value === "string" && (value.length > 63 || !LABEL_VALUE.test(value))) {
      fail(
        `metadata.labels["${key}"]`,
        `"${value}" is no label value: at most 63 characters, letters, digits, "-", "_" and ".", a letter or digit at both ends`,
      );
    }
  }
}

function checkTexts(object: PropertyMap, field: string, fail: (property: string, reason: string) => void, prefix = ""): void {
  const texts = plain(object[field]);
  if (!isMap(texts)) return;
  for (const [key, value] of Object.entries(texts)) {
    if (value === null || typeof value === "boolean" || typeof value === "number" || Array.isArray(value) || isMap(value)) {
      fail(`${prefix}${field}["${key}"]`, `must be a text; put it in quotes or turn it into one (String(...), JSON.stringify(...))`);
    }
  }
}

const plain = (value: Value | undefined): Value | undefined => (value === undefined ? undefined : reveal(value));
