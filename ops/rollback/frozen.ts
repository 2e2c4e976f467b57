import type { AppsV1Api, V1Deployment } from "@kubernetes/client-node";
import { clientOf } from "../cluster-client.ts";
import type { ClusterTarget } from "../live.ts";

/** On a Deployment whose rollout liftlock paused: the release that it stopped. */
export const FROZEN = "liftlock.dev/frozen";

/**
 * Pauses the rollouts of a namespace that are not through: the pods of before serve on, and the new ReplicaSet is not progressed, whatever
 * its pods do meanwhile. Returns their names.
 */
export async function freeze(target: ClusterTarget, namespace: string, releaseId: string): Promise<string[]> {
  const { items, patch } = await deployments(target, namespace);
  const unfinished = items.filter((deployment) => !deployment.spec?.paused && !isThrough(deployment)).map(nameOf);
  for (const name of unfinished) await patch(name, { metadata: { annotations: { [FROZEN]: releaseId } }, spec: { paused: true } });
  return unfinished;
}

/** Lets rollouts go on that were frozen: a paused one would take a new release and never roll it out. Returns their names. */
export async function thaw(target: ClusterTarget, namespace: string): Promise<string[]> {
  const { items, patch } = await deployments(target, namespace);
  const frozen = items.filter(({ metadata }) => metadata?.annotations?.[FROZEN] !== undefined).map(nameOf);
  for (const name of frozen) await patch(name, { metadata: { annotations: { [FROZEN]: null } }, spec: { paused: null } });
  return frozen;
}

async function deployments(target: ClusterTarget, namespace: string) {
  const { k8s, config } = await clientOf(target);
  const apps: AppsV1Api = config.makeApiClient(k8s.AppsV1Api);
  const { items } = await apps.listNamespacedDeployment({ namespace });
  const asMerge = k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch);
  const patch = (name: string, body: object) =>
    apps.patchNamespacedDeployment({ name, namespace, body, fieldManager: "liftlock-freeze" }, asMerge);
  return { items, patch };
}

const nameOf = ({ metadata }: V1Deployment): string => metadata?.name ?? "";

/** As `kubectl rollout status` judges it. */
function isThrough({ metadata, spec, status }: V1Deployment): boolean {
  const [wanted, updated] = [spec?.replicas ?? 1, status?.updatedReplicas ?? 0];
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 1);
  return seen && updated >= wanted && (status?.replicas ?? 0) <= updated && (status?.availableReplicas ?? 0) >= updated;
}
