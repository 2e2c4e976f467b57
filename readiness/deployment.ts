import { isDeepStrictEqual } from "node:util";
import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet } from "@kubernetes/client-node";
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

  const known = replicaSets.map((replicaSet) => replicaSet as unknown as V1ReplicaSet);
  const current = replicaSetOf(deployment, known);
  const faults =
    current === undefined ? [] : podFaults(pods.filter((pod) => isOwnedBy(pod as { metadata?: OwnedMetadata }, current.metadata?.uid)));
  const refused = current?.status?.conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (refused !== undefined) faults.push(failedCreate(refused.message ?? refused.reason ?? ""));
  const progressing = status?.conditions?.find(({ type }) => type === "Progressing");
  if (
    progressing?.status === "False" &&
    progressing.reason === "ProgressDeadlineExceeded" &&
    !isOfAnother(progressing.message, current, known)
  ) {
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

/**
 * The ReplicaSet of the present template, told as the Deployment's controller tells it (FindNewReplicaSet). The revisions would not do: on the
 * way back to a template that ran before, the controller has seen the Deployment before it writes that template's new revision on it, and
 * until then the Deployment's own is that of the pods that failed.
 */
function replicaSetOf({ metadata, spec }: V1Deployment, replicaSets: readonly V1ReplicaSet[]): V1ReplicaSet | undefined {
  const revision = (replicaSet: V1ReplicaSet) => Number(replicaSet.metadata?.annotations?.[REVISION] ?? 0);
  return replicaSets
    .filter((one) => isOwnedBy(one, metadata?.uid) && isDeepStrictEqual(withoutHash(one.spec?.template), withoutHash(spec?.template)))
    .sort((a, b) => revision(b) - revision(a))[0];
}

function withoutHash(template: V1PodTemplateSpec | undefined): unknown {
  const { "pod-template-hash": _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/**
 * The condition of a rollout that ran out of time stays until the next one has got on a little. The next one's ReplicaSet may not have been seen
 * yet, as Deployments and ReplicaSets are told of apart: then one that was, of another template, is what ran out of time.
 */
function isOfAnother(message: string | undefined, current: V1ReplicaSet | undefined, known: readonly V1ReplicaSet[]): boolean {
  const name = /^ReplicaSet "([^"]+)"/.exec(message ?? "")?.[1];
  if (name === undefined) return false;
  return current === undefined ? known.some(({ metadata }) => metadata?.name === name) : name !== current.metadata?.name;
}

interface OwnedMetadata {
  ownerReferences?: { uid: string; controller?: boolean }[];
}
export const isOwnedBy = (object: { metadata?: OwnedMetadata }, uid: string | undefined): boolean =>
  uid !== undefined && object.metadata?.ownerReferences?.some((owner) => owner.uid === uid && owner.controller !== false) === true;
