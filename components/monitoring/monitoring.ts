import type * as pulumi from "@pulumi/pulumi";
import type { InAzure } from "../azure/read-platform.ts";
import type { LoadedSettings } from "../settings.ts";
import { buildMonitoring } from "./build.ts";
import { PrometheusMonitoring } from "./prometheus.ts";

/** What watches an environment, as its settings ask: Prometheus in the cluster, Azure Monitor, both or none. */
export async function createMonitoring(
  { settings, namespace, inAzure }: { settings: LoadedSettings; namespace: pulumi.Input<string>; inAzure: InAzure | undefined },
  opts: pulumi.ComponentResourceOptions,
): Promise<void> {
  const model = buildMonitoring(settings);
  if (model === undefined) return;
  const { prometheus, azure } = settings.environment.monitoring ?? {};
  if (prometheus !== undefined) new PrometheusMonitoring("prometheus", { settings, namespace, model, prometheus }, opts);
  if (azure !== undefined) {
    const [{ AzureMonitoring }, { azurePlace }] = await Promise.all([import("./azure.ts"), import("./azure-place.ts")]);
    const place = azurePlace(azure, settings.environment, inAzure);
    // Azure's provider is the platform's, where there is one: its subscription, its login.
    const providers = [...(opts.providers as pulumi.ProviderResource[]), ...(inAzure === undefined ? [] : [inAzure.provider])];
    new AzureMonitoring("azure-monitor", { settings, namespace, model, place }, { ...opts, providers });
  }
}
