import type { V1LabelSelector, V1Pod } from "@kubernetes/client-node";
import type { ClusterTarget } from "../live.ts";
import type { Health } from "./health.ts";

/** Asks the cluster how the services of a namespace are. */
export async function healthReader({ kubeconfig, context }: ClusterTarget, namespace: string): Promise<() => Promise<Health[]>> {
  const { AppsV1Api, CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  const [apps, core] = [config.makeApiClient(AppsV1Api), config.makeApiClient(CoreV1Api)];
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
