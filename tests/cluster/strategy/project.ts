import { readFileSync, writeFileSync } from "node:fs";
import { CoreV1Api, CustomObjectsApi, DiscoveryV1Api } from "@kubernetes/client-node";
import { parse, stringify } from "yaml";
import { Project, type Release } from "../promotion/project.ts";

/** A project whose service `api` has a route and, if asked, a strategy. Positions that liftlock wrote into a stack file are kept. */
export class StrategyProject extends Project {
  // biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
  strategy: any;

  override write(stack: string, wanted: Release, options: { level?: string; min?: number } = {}): void {
    const file = this.stackFile(stack);
    const before = read(file);
    super.write(stack, wanted, options);
    const now = read(file);
    if (this.strategy !== undefined) now.config["shop:environment"].services = { api: { strategy: this.strategy } };
    if (before?.config["shop:rollout"] !== undefined) now.config["shop:rollout"] = before.config["shop:rollout"];
    writeFileSync(file, `# of the team\n${stringify(now, { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" })}`);
  }

  // biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
  position(stack: string): any {
    return parse(this.readStackFile(stack)).config["shop:rollout"]?.api;
  }

  /** The pods that the Service leads to. */
  async serving(stack: string, name = "api"): Promise<string | undefined> {
    const service = await this.config.makeApiClient(CoreV1Api).readNamespacedService({ namespace: this.namespace(stack), name });
    return service.spec?.selector?.["app.kubernetes.io/name"];
  }

  async pods(stack: string, name: string): Promise<{ uid: string; image: string; configMap: string | undefined }[]> {
    const { items } = await this.config
      .makeApiClient(CoreV1Api)
      .listNamespacedPod({ namespace: this.namespace(stack), labelSelector: `app.kubernetes.io/name=${name}` });
    return items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ metadata, spec }) => ({
        uid: metadata!.uid!,
        image: spec!.containers[0]!.image!,
        configMap: spec!.containers[0]!.envFrom?.[0]?.configMapRef?.name,
      }))
      .sort((a, b) => (a.uid < b.uid ? -1 : 1));
  }

  /** Where the route of a service leads: name and weight. */
  async backends(stack: string, name = "api"): Promise<[string, number | undefined][]> {
    const route = await this.config.makeApiClient(CustomObjectsApi).getNamespacedCustomObject({
      group: "gateway.networking.k8s.io",
      version: "v1",
      namespace: this.namespace(stack),
      plural: "httproutes",
      name,
    });
    // biome-ignore lint/suspicious/noExplicitAny: a custom object
    return (route as any).spec.rules[0].backendRefs.map((ref: any) => [ref.name, ref.weight]);
  }

  /** Watches how few ready endpoints the Service has, and which pods it leads to, until the returned function is called. */
  watchServing(stack: string, name = "api"): () => Promise<{ fewest: number; seen: string[]; weights: string[] }> {
    const discovery = this.config.makeApiClient(DiscoveryV1Api);
    const seen = new Set<string>();
    const weights = new Set<string>();
    let fewest = Number.POSITIVE_INFINITY;
    let stop = false;
    const watching = (async () => {
      while (!stop) {
        const { items } = await discovery.listNamespacedEndpointSlice({
          namespace: this.namespace(stack),
          labelSelector: `kubernetes.io/service-name=${name}`,
        });
        const ready = items.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions?.ready);
        fewest = Math.min(fewest, ready.length);
        seen.add((await this.serving(stack, name)) ?? "");
        weights.add((await this.backends(stack, name)).map(([to, weight]) => `${to}:${weight ?? ""}`).join(" "));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    return async () => {
      stop = true;
      await watching;
      return { fewest, seen: [...seen], weights: [...weights] };
    };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
function read(file: string): any {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
