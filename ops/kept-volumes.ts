import { clientOf, inTime } from "./cluster-client.ts";
import type { ClusterTarget } from "./live.ts";
import { resourcesIn } from "./report/exported.ts";

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
  const { k8s, config } = await clientOf(target);
  const { items } = await inTime(config.makeApiClient(k8s.CoreV1Api).listPersistentVolume(), TIMEOUT_MS);
  return items.flatMap(({ metadata, spec }): Volume[] => {
    const claim = spec?.claimRef;
    if (claim?.namespace === undefined || !namespaces.includes(claim.namespace)) return [];
    const retained = spec?.persistentVolumeReclaimPolicy === "Retain";
    return [{ name: metadata?.name ?? "", claim: `${claim.namespace}/${claim.name}`, size: spec?.capacity?.storage ?? "", retained }];
  });
}

/** The namespaces that go with a stack, and every claim in them, from an exported state. */
export function namespacesIn(exported: Record<string, unknown>): string[] {
  return resourcesIn(exported).flatMap(({ type, id }) => (type === "kubernetes:core/v1:Namespace" && typeof id === "string" ? [id] : []));
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
