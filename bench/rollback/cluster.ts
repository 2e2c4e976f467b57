import { setTimeout as pause } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, KubeConfig, type V1Deployment } from "@kubernetes/client-node";

const REASONS = /ImagePullBackOff|ErrImagePull/;

/** What the cluster itself shows of one namespace; no contestant's own words are believed. */
export class Observer {
  readonly #apps: AppsV1Api;
  readonly #core: CoreV1Api;
  readonly kubeconfig: string;

  constructor(kubeconfig: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.kubeconfig = kubeconfig;
    this.#apps = config.makeApiClient(AppsV1Api);
    this.#core = config.makeApiClient(CoreV1Api);
  }

  async create(namespace: string): Promise<void> {
    await this.#core.createNamespace({ body: { metadata: { name: namespace } } });
  }
  async remove(namespace: string): Promise<void> {
    await this.#core.deleteNamespace({ name: namespace }).catch(() => {});
  }

  /** When the cluster first reports that an image cannot be pulled: seconds of `performance.now()`, undefined when stopped before. */
  async firstReport(namespace: string, stop: AbortSignal): Promise<number | undefined> {
    while (!stop.aborted) {
      const { items } = await this.#core.listNamespacedPod({ namespace });
      const waiting = items.flatMap(({ status }) => status?.containerStatuses ?? []).map(({ state }) => state?.waiting?.reason ?? "");
      if (waiting.some((reason) => REASONS.test(reason))) return performance.now() / 1000;
      await pause(50);
    }
    return undefined;
  }

  /** Every Deployment of the namespace is through, and runs no image that holds the word. */
  async isHealthy(namespace: string, badWord: string): Promise<boolean> {
    const { items } = await this.#apps.listNamespacedDeployment({ namespace });
    return items.length > 0 && items.every((item) => isThrough(item) && !imagesOf(item).some((image) => image.includes(badWord)));
  }

  /** Seconds of `performance.now()` at which it is healthy; undefined when it is not until the deadline. */
  async healthy(namespace: string, badWord: string, deadline: number): Promise<number | undefined> {
    while (performance.now() / 1000 < deadline) {
      if (await this.isHealthy(namespace, badWord)) return performance.now() / 1000;
      await pause(50);
    }
    return undefined;
  }
}

const imagesOf = ({ spec }: V1Deployment): string[] => (spec?.template.spec?.containers ?? []).map(({ image }) => image ?? "");

function isThrough({ metadata, spec, status }: V1Deployment): boolean {
  const [wanted, updated] = [spec?.replicas ?? 1, status?.updatedReplicas ?? 0];
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 1);
  return seen && updated >= wanted && (status?.replicas ?? 0) <= updated && (status?.availableReplicas ?? 0) >= updated;
}
