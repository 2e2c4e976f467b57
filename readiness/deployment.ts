import type { V1Deployment, V1ReplicaSet } from "@kubernetes/client-node";
import { failedCreate } from "./failed-create.ts";
import { podFaults } from "./pods.ts";
import { final, READY, type Verdict, type View, waiting } from "./verdict.ts";

const REVISION = "deployment.kubernetes.io/revision";

/** Ready as `kubectl rollout status` says: every replica is of the new template and available, and none of the old are left. */
export function judgeDeployment({ object, pods, replicaSets }: View): Verdict {
  const deployment = object as unknown as V1Deployment;
  const { spec, status, metadata } = deployment;
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 1)) return waiting("waiting for its controller");
  if (spec?.paused) return READY;
  const wanted = spec?.replicas ?? 1;
  const [updated, total, available] = [status?.updatedReplicas ?? 0, status?.replicas ?? 0, status?.availableReplicas ?? 0];
  if (updated >= wanted && total <= updated && available >= updated) return READY;

  const revision = metadata?.annotations?.[REVISION];
  const current = replicaSets
    .map((replicaSet) => replicaSet as unknown as V1ReplicaSet)
    .find((replicaSet) => isOwnedBy(replicaSet, metadata?.uid) && replicaSet.metadata?.annotations?.[REVISION] === revision);
  const faults =
    current === undefined ? [] : podFaults(pods.filter((pod) => isOwnedBy(pod as { metadata?: OwnedMetadata }, current.metadata?.uid)));
  const refused = current?.status?.conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (refused !== undefined) faults.push(failedCreate(refused.message ?? refused.reason ?? ""));
  const progressing = status?.conditions?.find(({ type }) => type === "Progressing");
  if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded") {
    const settled = faults.map((fault) => ({ ...fault, graceSeconds: 0 })); // the controller's own deadline is the last word
    return waiting("its progress deadline is over", [
      ...settled,
      final("ProgressDeadlineExceeded", `ProgressDeadlineExceeded: ${progressing.message ?? ""}`),
    ]);
  }
  const old = Math.max(0, total - updated);
  const news = `${Math.min(available, updated)} of ${wanted} new pods available`;
  return waiting(old > 0 ? `${news}, ${old} old ones left` : news, faults);
}

interface OwnedMetadata {
  ownerReferences?: { uid: string; controller?: boolean }[];
}
export const isOwnedBy = (object: { metadata?: OwnedMetadata }, uid: string | undefined): boolean =>
  uid !== undefined && object.metadata?.ownerReferences?.some((owner) => owner.uid === uid && owner.controller !== false) === true;
