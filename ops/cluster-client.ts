import type { KubeConfig } from "@kubernetes/client-node";
import type { ClusterTarget } from "./live.ts";

/** Kubernetes' client for a cluster. It is loaded when somebody asks: no other run waits for it. */
export async function clientOf(target: ClusterTarget) {
  const k8s = await import("@kubernetes/client-node");
  const config = new k8s.KubeConfig();
  load(config, target);
  return { k8s, config };
}

/** Makes a client's configuration that of a cluster. */
export function load(config: Pick<KubeConfig, "loadFromFile" | "loadFromString" | "setCurrentContext">, target: ClusterTarget): void {
  if ("kubeconfig" in target) config.loadFromFile(target.kubeconfig);
  else config.loadFromString(target.login());
  if (target.context !== undefined) config.setCurrentContext(target.context);
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
