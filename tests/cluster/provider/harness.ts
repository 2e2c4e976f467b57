import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import type { DiffResult, Provider, ProviderError } from "../../../local/engine/provider.ts";
import { isMap, type PropertyMap, reveal, type Value } from "../../../local/engine/values.ts";
import { Client } from "../../../local/providers/kubernetes/api/client.ts";
import { Connection } from "../../../local/providers/kubernetes/api/connection.ts";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import { temporaryNamespace } from "../setup.ts";

/** What an engine would keep of a resource. */
export interface Resource {
  type: string;
  name: string;
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
}
type Log = { severity: string; message: string }[];
interface Options {
  signal?: AbortSignal;
  timeoutSeconds?: number;
  ignoreChanges?: string[];
  preview?: boolean;
}

/** A provider on the control plane of the tests, a namespace of its own, and the few steps an engine makes of its calls. */
export class World {
  readonly provider: Provider;
  readonly namespace: string;
  readonly raw: Client;
  readonly log: Log = [];
  private readonly removeNamespace: () => Promise<void>;

  private constructor(provider: Provider, namespace: string, raw: Client, remove: () => Promise<void>) {
    this.provider = provider;
    this.namespace = namespace;
    this.raw = raw;
    this.removeNamespace = remove;
  }

  static async open(name: string, config: PropertyMap = {}, labels: Record<string, string> = {}): Promise<World> {
    const { kubeconfig } = inject("controlPlane");
    const { namespace, remove } = await temporaryNamespace(name, labels);
    const provider = await kubernetesFactory({ kind: "cluster", kubeconfig }).configure(config);
    return new World(provider, namespace, new Client(new Connection(kubeconfig, undefined)), remove);
  }

  async close(): Promise<void> {
    await this.removeNamespace();
    await this.raw.connection.close();
    await this.provider.close();
  }

  private common(type: string, name: string, options: Options) {
    return {
      urn: `urn:pulumi:test::test::${type}::${name}`,
      type,
      name,
      signal: options.signal ?? new AbortController().signal,
      log: (severity: string, message: string) => void this.log.push({ severity, message }),
      ignoreChanges: options.ignoreChanges ?? [],
      timeoutSeconds: options.timeoutSeconds,
      preview: options.preview ?? false,
    };
  }

  async check(type: string, name: string, news: PropertyMap, old?: Resource): Promise<PropertyMap> {
    const { inputs, failures } = await this.provider.check({
      ...this.common(type, name, {}),
      ...(old === undefined ? {} : { oldInputs: old.inputs }),
      news,
      randomSeed: randomBytes(32),
    });
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return inputs;
  }

  async create(type: string, name: string, news: PropertyMap, options: Options = {}): Promise<Resource> {
    const inputs = await this.check(type, name, news);
    return { type, name, inputs, ...(await this.provider.create({ ...this.common(type, name, options), inputs })) };
  }

  find(type: string, name: string, inputs: PropertyMap) {
    return this.provider.find!({ ...this.common(type, name, {}), inputs });
  }

  async diff(resource: Resource, news: PropertyMap): Promise<DiffResult> {
    const newInputs = await this.check(resource.type, resource.name, news, resource);
    return this.provider.diff({ ...this.common(resource.type, resource.name, {}), ...old(resource), newInputs });
  }

  async update(resource: Resource, news: PropertyMap, options: Options = {}): Promise<Resource> {
    const newInputs = await this.check(resource.type, resource.name, news, resource);
    const { outputs } = await this.provider.update({ ...this.common(resource.type, resource.name, options), ...old(resource), newInputs });
    return { ...resource, inputs: newInputs, outputs };
  }

  read(resource: Pick<Resource, "type" | "name" | "id"> & Partial<Resource>) {
    const { inputs, outputs, type, name, id } = resource;
    return this.provider.read({ ...this.common(type, name, {}), id, ...(inputs && { inputs }), ...(outputs && { outputs }) });
  }

  delete(resource: Resource, options: Options = {}): Promise<void> {
    const { id, inputs, outputs } = resource;
    return this.provider.delete({ ...this.common(resource.type, resource.name, options), id, inputs, outputs });
  }

  /** What is in the cluster, asked for without the provider. */
  async live(
    apiVersion: string,
    plural: string,
    name: string,
    namespace: string | undefined = this.namespace,
  ): Promise<PropertyMap | undefined> {
    const resource = { apiVersion, plural, kind: "", namespaced: true };
    return this.raw.get({ resource, namespace, name }, AbortSignal.timeout(30_000));
  }

  /** A call to the API by somebody else, `kubectl` unless said otherwise. */
  async asSomebody(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    body: Value,
    contentType = "application/json",
    manager = "kubectl-edit",
  ): Promise<PropertyMap> {
    const response = await this.raw.connection.request({
      method,
      path: `${path}?fieldManager=${manager}`,
      body,
      contentType,
      signal: AbortSignal.timeout(30_000),
    });
    return isMap(response.body) ? response.body : {};
  }
}

const old = ({ id, inputs, outputs }: Resource) => ({ id, oldInputs: inputs, oldOutputs: outputs });

// biome-ignore lint/suspicious/noExplicitAny: tests reach into objects of many kinds, and a wrong path fails them
export const plain = (value: Value | undefined): any => (value === undefined ? undefined : reveal(value));

/** The error that a call ended with, and how many seconds it took. */
export async function failing(call: () => Promise<unknown>): Promise<{ error: ProviderError; seconds: number }> {
  const started = performance.now();
  try {
    await call();
  } catch (error) {
    return { error: error as ProviderError, seconds: (performance.now() - started) / 1000 };
  }
  throw new Error("the call succeeded, but should have failed");
}

export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const SECRET = "kubernetes:core/v1:Secret";
export const SERVICE = "kubernetes:core/v1:Service";
export const JOB = "kubernetes:batch/v1:Job";

export function deployment(
  namespace: string,
  name: string,
  image: string,
  more: { replicas?: number; annotations?: PropertyMap; spec?: PropertyMap; container?: PropertyMap } = {},
): PropertyMap {
  const labels = { "app.kubernetes.io/name": name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels, ...(more.annotations && { annotations: more.annotations }) },
    spec: {
      replicas: more.replicas ?? 1,
      ...more.spec,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image, ports: [{ containerPort: 8080 }], ...more.container }] } },
    },
  };
}

export const configMap = (namespace: string, name: string | undefined, data: PropertyMap, more: PropertyMap = {}): PropertyMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace, ...(name === undefined ? {} : { name }) },
  data,
  ...more,
});

export function job(
  namespace: string,
  name: string,
  image: string,
  more: PropertyMap = {},
  podSpec: PropertyMap = {},
  annotations: PropertyMap = {},
): PropertyMap {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, annotations },
    spec: { backoffLimit: 0, ...more, template: { spec: { restartPolicy: "Never", containers: [{ name: "m", image }], ...podSpec } } },
  };
}
