import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  ApiException,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  loadAllYaml,
  PatchStrategy,
  type V1CustomResourceDefinition,
} from "@kubernetes/client-node";
import { furnishings, furnishingsVersion } from "./furnishings.ts";
import type { Layout } from "./layout.ts";

const manager = "liftlock-local";
const marker = { name: "liftlock-local", namespace: "kube-system" };
const timeoutMilliseconds = 60_000;

/** A control plane whose API server is ready, being made into a cluster that one can deploy to. */
export interface Bootstrap {
  /** Whether everything below is there already, of this version. */
  readonly done: boolean;
  /** Custom resources: before the controllers start, which look once for what there is. */
  installDefinitions(): Promise<void>;
  /** Nodes and classes; then waits until pods can be made and scheduled. `check` is called at each look, and throws when there is no use in waiting. */
  furnish(check: () => void): Promise<void>;
}

/**
 * @param definitionDirs directories with custom resource definitions
 * @param key names the version set of programs and definitions
 */
export async function openBootstrap(layout: Layout, definitionDirs: readonly string[], key: string): Promise<Bootstrap> {
  const config = new KubeConfig();
  config.loadFromFile(layout.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const apply = (object: KubernetesObject) => objects.patch(object, undefined, undefined, manager, true, PatchStrategy.ServerSideApply);
  const version = `${key}/${furnishingsVersion()}`;
  const last = await core.readNamespacedConfigMap(marker).catch(undefinedIfMissing);
  const done = last?.data?.version === version;

  return {
    done,
    async installDefinitions() {
      if (done) return;
      const definitions = definitionDirs.flatMap(readDefinitions);
      await Promise.all(definitions.map(apply));
      const discovery = config.makeApiClient(CustomObjectsApi);
      await until("its custom resources are served", async () => {
        const served = await Promise.all(
          definitions.map(async ({ spec: { group, names, versions } }) => {
            const version = versions.find(({ storage }) => storage)!.name;
            const found = await discovery.getAPIResources({ group, version }).catch(undefinedIfMissing);
            return found?.resources.some(({ name }) => name === names.plural);
          }),
        );
        return served.every(Boolean);
      });
    },
    async furnish(check) {
      if (!done) {
        await Promise.all(furnishings().map(apply));
        await apply({ apiVersion: "v1", kind: "ConfigMap", metadata: marker, data: { version } } as KubernetesObject);
      }
      await until("nodes are ready and the default service account exists", async () => {
        check();
        const { items } = await core.listNode();
        const ready = items.every((node) => node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"));
        const untainted = items.every((node) => !node.spec?.taints?.some(({ effect }) => effect === "NoSchedule"));
        const accounts = await core.listNamespacedServiceAccount({ namespace: "default" });
        return ready && untainted && accounts.items.length > 0;
      });
    },
  };
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof ApiException && error.code === 404) return undefined;
  throw error;
}

/** Read by the client's own loader: it writes `x-kubernetes-…` out again, and leaves out what was named so by another. */
const readDefinitions = (dir: string): V1CustomResourceDefinition[] =>
  readdirSync(dir).flatMap((file) => loadAllYaml(readFileSync(path.join(dir, file), "utf8")) as V1CustomResourceDefinition[]);

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMilliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`the local control plane started, but not until ${what} (waited ${timeoutMilliseconds / 1000} s)`);
    await delay(50);
  }
}
