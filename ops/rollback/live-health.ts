import type { V1LabelSelector, V1Pod } from "@kubernetes/client-node";
import { clientOf } from "../cluster-client.ts";
import type { ClusterTarget } from "../live.ts";
import type { Health } from "./health.ts";

/** Asks the cluster how the services of a namespace are. */
export async function healthReader(target: ClusterTarget, namespace: string): Promise<() => Promise<Health[]>> {
  const { k8s, config } = await clientOf(target);
  const [apps, core] = [config.makeApiClient(k8s.AppsV1Api), config.makeApiClient(k8s.CoreV1Api)];
  return async () => {
    const [deployments, statefulSets, pods] = await Promise.all([
      apps.listNamespacedDeployment({ namespace }),
      apps.listNamespacedStatefulSet({ namespace }),
      core.listNamespacedPod({ namespace }),
    ]);
    const workloads = [
      ...deployments.items.map((item) => ({ kind: "Deployment", item })),
      ...statefulSets.items.map((item) => ({ kind: "StatefulSet", item })),
    ];
    return workloads.map(({ kind, item }) => {
      const statuses = pods.items
        .filter((pod) => pod.metadata?.deletionTimestamp === undefined && selects(item.spec?.selector, pod))
        .flatMap((pod) => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]);
      return {
        name: `${kind}/${item.metadata?.name}`,
        ready: item.status?.readyReplicas ?? 0,
        wanted: item.spec?.replicas ?? 1,
        restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
        waiting: statuses.flatMap(({ state }) => state?.waiting?.reason ?? []),
      };
    });
  };
}

const selects = (selector: V1LabelSelector | undefined, pod: V1Pod): boolean =>
  Object.entries(selector?.matchLabels ?? { "": "" }).every(([key, value]) => pod.metadata?.labels?.[key] === value);
