/** A cluster that a person can ask too: `kubectl --kubeconfig FILE [--context NAME]`. */
export interface ClusterTarget {
  readonly kubeconfig: string;
  readonly context?: string;
}

/** Ready replicas by `Kind/namespace/name`. */
export type Ready = ReadonlyMap<string, number>;

const TIMEOUT_MS = 5_000;

/** Asks the cluster itself how many replicas are ready: state may be older than what runs. */
export async function readReady(target: ClusterTarget, namespaces: readonly string[]): Promise<Ready> {
  const { AppsV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(target.kubeconfig);
  if (target.context !== undefined) config.setCurrentContext(target.context);
  const apps = config.makeApiClient(AppsV1Api);
  const ready = new Map<string, number>();
  const ask = namespaces.map(async (namespace) => {
    const [deployments, statefulSets] = await Promise.all([
      apps.listNamespacedDeployment({ namespace }),
      apps.listNamespacedStatefulSet({ namespace }),
    ]);
    for (const item of deployments.items) ready.set(`Deployment/${namespace}/${item.metadata?.name}`, item.status?.readyReplicas ?? 0);
    for (const item of statefulSets.items) ready.set(`StatefulSet/${namespace}/${item.metadata?.name}`, item.status?.readyReplicas ?? 0);
  });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the cluster did not answer in time")), TIMEOUT_MS);
  try {
    await Promise.race([Promise.all(ask), late.promise]);
  } finally {
    clearTimeout(timer);
  }
  return ready;
}
