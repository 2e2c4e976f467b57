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
  PatchStrategy,
  type V1CustomResourceDefinition,
} from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { furnishings, furnishingsVersion } from "./furnishings.ts";
import type { Layout } from "./layout.ts";

const manager = "liftlock-local";
const marker = { name: "liftlock-local", namespace: "kube-system" };
const gatewayApiVersion = { group: "gateway.networking.k8s.io", version: "v1" };
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

/** @param key version set of the programs, in `programs` */
export async function openBootstrap(layout: Layout, programs: string, key: string): Promise<Bootstrap> {
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
      const definitions = gatewayApi(programs);
      await Promise.all(definitions.map(apply));
      const discovery = config.makeApiClient(CustomObjectsApi);
      const wanted = definitions.map((definition) => definition.spec.names.plural);
      await until("the Gateway API is served", async () => {
        const served = await discovery.getAPIResources(gatewayApiVersion).catch(undefinedIfMissing);
        return wanted.every((plural) => served?.resources.some(({ name }) => name === plural));
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

function gatewayApi(programs: string): V1CustomResourceDefinition[] {
  const dir = path.join(programs, "gateway-api");
  return readdirSync(dir).flatMap((file) =>
    parseAllDocuments(readFileSync(path.join(dir, file), "utf8")).map((document) => document.toJS() as V1CustomResourceDefinition),
  );
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMilliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`the local control plane started, but not until ${what} (waited ${timeoutMilliseconds / 1000} s)`);
    await delay(50);
  }
}
