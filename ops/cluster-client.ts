import type { ClusterTarget } from "./live.ts";

/** Kubernetes' client for a cluster. It is loaded when somebody asks: no other run waits for it. */
export async function clientOf({ kubeconfig, context }: ClusterTarget) {
  const k8s = await import("@kubernetes/client-node");
  const config = new k8s.KubeConfig();
  config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  return { k8s, config };
}

/** What a cluster answers; fails when it is silent for longer. */
export async function inTime<T>(asked: Promise<T>, milliseconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the cluster did not answer in time")), milliseconds);
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
