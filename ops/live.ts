import { clientOf, inTime } from "./cluster-client.ts";

/** A cluster that a person can ask too: `kubectl --kubeconfig FILE [--context NAME]`. */
export interface KubeconfigTarget {
  readonly kubeconfig: string;
  readonly context?: string;
}

/** One whose login is a stack's secret: in memory alone, a function so that no text that is made of the target holds it. */
export interface SecretTarget {
  readonly login: () => string;
  readonly context?: string;
}

export type ClusterTarget = KubeconfigTarget | SecretTarget;

/** Ready replicas by `Kind/namespace/name`. */
export type Ready = ReadonlyMap<string, number>;

const TIMEOUT_MS = 5_000;

/** Asks the cluster itself how many replicas are ready: state may be older than what runs. */
export async function readReady(target: ClusterTarget, namespaces: readonly string[]): Promise<Ready> {
  const { k8s, config } = await clientOf(target);
  const apps = config.makeApiClient(k8s.AppsV1Api);
  const ready = new Map<string, number>();
  const ask = namespaces.map(async (namespace) => {
    const [deployments, statefulSets] = await Promise.all([
      apps.listNamespacedDeployment({ namespace }),
      apps.listNamespacedStatefulSet({ namespace }),
    ]);
    for (const item of deployments.items) ready.set(`Deployment/${namespace}/${item.metadata?.name}`, item.status?.readyReplicas ?? 0);
    for (const item of statefulSets.items) ready.set(`StatefulSet/${namespace}/${item.metadata?.name}`, item.status?.readyReplicas ?? 0);
  });
  await inTime(Promise.all(ask), TIMEOUT_MS);
  return ready;
}
