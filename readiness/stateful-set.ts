import type { V1DaemonSet, V1StatefulSet } from "@kubernetes/client-node";
import { isOwnedBy } from "./deployment.ts";
import { failedCreate } from "./failed-create.ts";
import type { KubeObject } from "./object.ts";
import { isPodReady, podFaults } from "./pods.ts";
import { type Fault, READY, type Verdict, type View, waiting } from "./verdict.ts";

const REVISION = "controller-revision-hash";

/** Ready when every replica at or above the partition is of the new revision and available. */
export function judgeStatefulSet({ object, pods, events }: View): Verdict {
  const { spec, status, metadata } = object as unknown as V1StatefulSet;
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 1)) return waiting("waiting for its controller");
  const wanted = spec?.replicas ?? 1;
  const onDelete = spec?.updateStrategy?.type === "OnDelete";
  const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const ofRevision = onDelete ? 0 : Math.max(0, wanted - partition);
  const updated = status?.currentRevision === status?.updateRevision ? wanted : (status?.updatedReplicas ?? 0);
  const available = status?.availableReplicas ?? 0;
  if (available >= wanted && (status?.replicas ?? 0) <= wanted && updated >= ofRevision) return READY;
  const revision = status?.updateRevision;
  const own = pods.filter((pod) => isOwnedBy(pod as Owned, metadata?.uid));
  const [current, old] = [
    own.filter((pod) => labelOf(pod, REVISION) === revision),
    own.filter((pod) => labelOf(pod, REVISION) !== revision),
  ];
  const verdict = waiting(`${available} of ${wanted} pods available`, [...podFaults(current), ...refusals(events)]);
  // A broken pod of an abandoned revision is waited for, not replaced (kubernetes.io, StatefulSets, "Forced rollback"): restoring a
  // release would never end.
  const ordered = !onDelete && (spec?.podManagementPolicy ?? "OrderedReady") === "OrderedReady";
  return ordered ? { ...verdict, blockers: old.filter((pod) => !isPodReady(pod) && podFaults([pod]).length > 0) } : verdict;
}

/** Ready when every node that should run a pod runs the new one, available. */
export function judgeDaemonSet({ object, pods, events }: View): Verdict {
  const { spec, status, metadata } = object as unknown as V1DaemonSet;
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 1)) return waiting("waiting for its controller");
  const wanted = status?.desiredNumberScheduled ?? 0;
  const updated = spec?.updateStrategy?.type === "OnDelete" ? wanted : (status?.updatedNumberScheduled ?? 0);
  const available = status?.numberAvailable ?? 0;
  if (updated >= wanted && available >= wanted) return READY;
  const generation = metadata?.annotations?.["deprecated.daemonset.template.generation"];
  const own = pods.filter((pod) => isOwnedBy(pod as Owned, metadata?.uid) && labelOf(pod, "pod-template-generation") === generation);
  return waiting(`${Math.min(updated, available)} of ${wanted} pods available`, [...podFaults(own), ...refusals(events)]);
}

/** Controllers without a condition for it report pods that they may not make as events. */
export function refusals(events: readonly KubeObject[]): Fault[] {
  const refused = events.filter(({ reason, type }) => reason === "FailedCreate" && type === "Warning").at(-1);
  return refused === undefined ? [] : [failedCreate(String(refused.message ?? ""))];
}

type Owned = { metadata?: { ownerReferences?: { uid: string; controller?: boolean }[] } };
const labelOf = (object: KubeObject, label: string): unknown =>
  (object as { metadata?: { labels?: Record<string, unknown> } }).metadata?.labels?.[label];
