import type { KubeObject } from "../../readiness/object.ts";
import { clientOf, inTime } from "../cluster-client.ts";
import type { ClusterTarget } from "../live.ts";
import type { Look } from "./rollout-watch.ts";

const TIMEOUT_MS = 5_000;

/** Asks a cluster for what runs in a namespace. Reads only. */
export async function clusterLook(target: ClusterTarget): Promise<Look> {
  const { k8s, config } = await clientOf(target);
  const [apps, batch, core] = [
    config.makeApiClient(k8s.AppsV1Api),
    config.makeApiClient(k8s.BatchV1Api),
    config.makeApiClient(k8s.CoreV1Api),
  ];
  return async (namespace) => {
    const [deployments, statefulSets, daemonSets, jobs, pods, replicaSets, events] = await inTime(
      Promise.all([
        apps.listNamespacedDeployment({ namespace }),
        apps.listNamespacedStatefulSet({ namespace }),
        apps.listNamespacedDaemonSet({ namespace }),
        batch.listNamespacedJob({ namespace }),
        core.listNamespacedPod({ namespace }),
        apps.listNamespacedReplicaSet({ namespace }),
        core.listNamespacedEvent({ namespace, fieldSelector: "type=Warning" }),
      ]),
      TIMEOUT_MS,
    );
    const podObjects = named(pods.items, "v1", "Pod");
    return {
      workloads: [
        ...named(deployments.items, "apps/v1", "Deployment"),
        ...named(statefulSets.items, "apps/v1", "StatefulSet"),
        ...named(daemonSets.items, "apps/v1", "DaemonSet"),
        ...named(jobs.items, "batch/v1", "Job"),
        ...podObjects,
      ],
      pods: podObjects,
      replicaSets: named(replicaSets.items, "apps/v1", "ReplicaSet"),
      events: named(events.items, "v1", "Event"),
    };
  };
}

/** Lists leave the kind of their items out. */
const named = (items: readonly object[], apiVersion: string, kind: string): KubeObject[] =>
  items.map((item) => ({ ...item, apiVersion, kind }) as unknown as KubeObject);
