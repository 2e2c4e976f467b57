import type { V1Pod } from "@kubernetes/client-node";
import { clientOf, inTime } from "./cluster-client.ts";
import type { ClusterTarget } from "./live.ts";
import { listed } from "./report/text.ts";

/** A pod that no node takes, and why. */
export interface PendingPod {
  readonly namespace: string;
  readonly name: string;
  /** What it lacks: `cpu`, `memory`, or the scheduler's own words. */
  readonly lacks: readonly string[];
  /** What its containers request of each lacking resource, such as `cpu 64`. */
  readonly requests: readonly string[];
  /** The scheduler's message as it is. */
  readonly message: string;
}

const TIMEOUT_MS = 5_000;

/** Asks the cluster for the pods of a namespace that cannot be scheduled. Reads only. */
export async function readPendingPods(target: ClusterTarget, namespace: string): Promise<PendingPod[]> {
  const { k8s, config } = await clientOf(target);
  const asked = config.makeApiClient(k8s.CoreV1Api).listNamespacedPod({ namespace, fieldSelector: "status.phase=Pending" });
  return (await inTime(asked, TIMEOUT_MS)).items.flatMap((pod) => pendingPod(pod) ?? []);
}

/** What keeps a pod from every node, if it is that what keeps it. */
export function pendingPod(pod: V1Pod): PendingPod | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return undefined;
  const message = scheduled.message ?? "";
  const lacks = [...new Set([...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map((match) => match[1]!))];
  const containers = pod.spec?.containers ?? [];
  const requests = lacks.flatMap((resource) => {
    const amounts = containers.flatMap(({ resources }) => resources?.requests?.[resource] ?? []);
    return amounts.length === 0 ? [] : [`${resource} ${amounts.join(" + ")}`];
  });
  return { namespace: pod.metadata?.namespace ?? "", name: pod.metadata?.name ?? "", lacks, requests, message };
}

export function pendingLine({ namespace, name, lacks, requests, message }: PendingPod): string {
  const what = lacks.length === 0 ? `cannot be scheduled: ${message}` : `finds no node with enough ${listed(lacks)}`;
  const asks = requests.length === 0 ? "" : ` (it requests ${listed(requests)})`;
  return `Pod ${namespace}/${name} ${what}${asks}${lacks.length === 0 ? "" : `: ${message}`}`;
}
