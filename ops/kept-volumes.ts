import type { ClusterTarget } from "./live.ts";
import { isRecord } from "./report/diff.ts";

/** A volume behind a claim of an environment. */
export interface Volume {
  readonly name: string;
  /** `namespace/name` of its claim. */
  readonly claim: string;
  readonly size: string;
  /** Its reclaim policy is Retain: it stays when the claim goes, with the claim's name on it. */
  readonly retained: boolean;
}

const TIMEOUT_MS = 10_000;

/** Asks the cluster for the volumes of all claims in these namespaces. Reads only. */
export async function readVolumes(target: ClusterTarget, namespaces: readonly string[]): Promise<Volume[]> {
  const { CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(target.kubeconfig);
  if (target.context !== undefined) config.setCurrentContext(target.context);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the cluster did not answer in time")), TIMEOUT_MS);
  try {
    const { items } = await Promise.race([config.makeApiClient(CoreV1Api).listPersistentVolume(), late.promise]);
    return items.flatMap(({ metadata, spec }): Volume[] => {
      const claim = spec?.claimRef;
      if (claim?.namespace === undefined || !namespaces.includes(claim.namespace)) return [];
      const retained = spec?.persistentVolumeReclaimPolicy === "Retain";
      return [{ name: metadata?.name ?? "", claim: `${claim.namespace}/${claim.name}`, size: spec?.capacity?.storage ?? "", retained }];
    });
  } finally {
    clearTimeout(timer);
  }
}

/** The namespaces that go with a stack, and every claim in them, from an exported state. */
export function namespacesIn(exported: Record<string, unknown>): string[] {
  const deployment = isRecord(exported.deployment) ? exported.deployment : {};
  const resources = Array.isArray(deployment.resources) ? deployment.resources.filter(isRecord) : [];
  return resources.flatMap(({ type, id }) => (type === "kubernetes:core/v1:Namespace" && typeof id === "string" ? [id] : []));
}

/** Before anything goes: whose data goes with it, and whose stays. */
export const fateLines = (volumes: readonly Volume[]): string[] =>
  volumes.map(({ claim, size, retained }) => `  ${retained ? "stays" : "goes "}  data of ${claim} (${size})`);

/** Afterwards: what is still there, and how to get at it. */
export function keptLines(volumes: readonly Volume[]): string[] {
  if (volumes.length === 0) return [];
  return [
    "Kept, since its class says Retain:",
    ...volumes.map(({ name, claim, size }) => `  PersistentVolume ${name}: data of ${claim} (${size})`),
    "  Bring it back, or delete it for good: docs/how-to/back-up-and-restore.md, What destroy keeps.",
  ];
}
