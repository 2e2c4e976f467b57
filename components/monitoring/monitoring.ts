import type * as pulumi from "@pulumi/pulumi";
import type { LoadedSettings } from "../settings.ts";
import { buildMonitoring } from "./build.ts";
import { PrometheusMonitoring } from "./prometheus.ts";

/** What watches an environment, as its settings ask: Prometheus in the cluster, Azure Monitor, both or none. */
export async function createMonitoring(
  { settings, namespace }: { settings: LoadedSettings; namespace: pulumi.Input<string> },
  opts: pulumi.ComponentResourceOptions,
): Promise<void> {
  const model = buildMonitoring(settings);
  if (model === undefined) return;
  const { prometheus, azure } = settings.environment.monitoring ?? {};
  if (prometheus !== undefined) new PrometheusMonitoring("prometheus", { settings, namespace, model, prometheus }, opts);
  if (azure !== undefined) {
    const { AzureMonitoring } = await import("./azure.ts");
    new AzureMonitoring("azure-monitor", { settings, namespace, model, azure }, opts);
  }
}
