import { isRecord, type Json } from "./diff.ts";
import { sorted } from "./sorted.ts";

/** A Kubernetes object as it would be applied. Its secrets are redacted: `[secret]`, as base64 where the API wants base64. */
export interface Manifest extends Json {
  readonly apiVersion: string;
  readonly kind: string;
}

const HIDDEN = "[secret]";

/** A Secret with all its values redacted, whether they were marked or not, in the encoding that the API reads. */
export function redactedSecret(manifest: Manifest): Manifest {
  if (manifest.kind !== "Secret") return manifest;
  const hide = (values: unknown, hidden: string) =>
    Object.fromEntries(Object.keys(isRecord(values) ? values : {}).map((key) => [key, hidden]));
  return {
    ...manifest,
    ...("data" in manifest ? { data: hide(manifest.data, Buffer.from(HIDDEN).toString("base64")) } : {}),
    ...("stringData" in manifest ? { stringData: hide(manifest.stringData, HIDDEN) } : {}),
  };
}

/** What others stand on comes first, so that the stream can be applied as it is (the order that Helm installs in, as far as it matters here). */
const ORDER = [
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "Service",
  "DaemonSet",
  "Deployment",
  "StatefulSet",
  "HorizontalPodAutoscaler",
  "Job",
  "CronJob",
];
const FIRST = ["apiVersion", "kind", "metadata"];

export function sortManifests(manifests: readonly Manifest[]): Manifest[] {
  const rank = (m: Manifest) => (ORDER.includes(m.kind) ? ORDER.indexOf(m.kind) : ORDER.length);
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...manifests].sort(
    (a, b) => rank(a) - rank(b) || compare(a.kind, b.kind) || compare(nameOf(a), nameOf(b)) || compare(a.apiVersion, b.apiVersion),
  );
}

export function nameOf(manifest: Manifest): string {
  const metadata = isRecord(manifest.metadata) ? manifest.metadata : {};
  return typeof metadata.namespace === "string" ? `${metadata.namespace}/${metadata.name}` : String(metadata.name);
}

/** One stream of documents: what the object is first, then its fields by name. */
export async function manifestsYaml(manifests: readonly Manifest[]): Promise<string> {
  const { stringify } = await import("yaml");
  const documents = sortManifests(manifests).map((m) =>
    stringify(ordered(m), { lineWidth: 0, aliasDuplicateObjects: false, version: "1.1" }),
  );
  return documents.map((text) => `---\n${text}`).join("");
}

function ordered(manifest: Json): Json {
  const rest = Object.keys(manifest)
    .filter((key) => !FIRST.includes(key))
    .sort();
  return Object.fromEntries([...FIRST.filter((key) => key in manifest), ...rest].map((key) => [key, sorted(manifest[key])]));
}

/** How many objects of each kind, for people. */
export function manifestCounts(manifests: readonly Manifest[]): [string, string[]][] {
  const kinds = new Map<string, string[]>();
  for (const manifest of sortManifests(manifests)) {
    const names = kinds.get(manifest.kind) ?? [];
    names.push(nameOf(manifest).split("/").at(-1)!);
    kinds.set(manifest.kind, names);
  }
  return [...kinds];
}
