import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labelsOf, nameLabel } from "../labels.ts";
import { findService } from "../model.ts";
import type { LoadedSettings } from "../settings.ts";
import { podNamesOf } from "../strategy/colours.ts";

/** Who reads the application's metrics, and what its operator takes. */
export interface Reader {
  /** Of the network policy that lets it in, and of what it is told to read. */
  readonly names: { readonly policy: string; readonly monitor: string };
  /** API group of its PodMonitor. */
  readonly group: string;
  /** Where its pods are: of a namespace all, or those with these labels. */
  readonly from: { readonly namespace: string; readonly pods?: Readonly<Record<string, string>> };
  /** By which it finds its objects. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What it wants said of everything that it reads. */
  readonly limits?: Readonly<Record<string, number>>;
}

/**
 * Azure Monitor's agent takes PodMonitors of a group of its own, in any namespace, and drops what has more or longer labels than the
 * workspace keeps, unless the limits are stated. Its replicas, no host's pods, do the reading.
 * https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-crd
 */
export const azureAgent: Reader = {
  names: { policy: "azure-reads-metrics", monitor: "azure-metrics" },
  group: "azmonitoring.coreos.com",
  from: { namespace: "kube-system", pods: { rsName: "ama-metrics" } },
  limits: { labelLimit: 63, labelNameLengthLimit: 511, labelValueLengthLimit: 1023 },
};

/** The reader reads what the application declares, and the network lets it. */
export function createScrape(
  { names, group, from, labels, limits }: Reader,
  { settings, namespace }: { settings: LoadedSettings; namespace: pulumi.Input<string> },
  parent: pulumi.Resource,
): void {
  const scrape = settings.application.monitoring?.scrape;
  if (scrape === undefined) return;
  const services = scrape.services.flatMap((service) => findService(settings.application, service) ?? []);
  const values = services.flatMap((service) => podNamesOf(service, settings));
  const selector = { matchExpressions: [{ key: nameLabel, operator: "In", values }] };
  const metadata = (name: string) => ({ name, namespace, labels: labelsOf(name, settings.application.name) });
  const peer = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": from.namespace } },
    ...(from.pods === undefined ? {} : { podSelector: { matchLabels: from.pods } }),
  };
  const ingress = [{ from: [peer], ports: [{ protocol: "TCP", port: "http" }] }];
  const policy = { podSelector: selector, policyTypes: ["Ingress"], ingress };
  new k8s.networking.v1.NetworkPolicy(names.policy, { metadata: metadata(names.policy), spec: policy }, { parent });
  const own = metadata(names.monitor);
  const endpoint = { port: "http", path: scrape.path, interval: scrape.every };
  new k8s.apiextensions.CustomResource(
    names.monitor,
    {
      apiVersion: `${group}/v1`,
      kind: "PodMonitor",
      metadata: { ...own, labels: { ...labels, ...own.labels } },
      spec: { ...limits, selector, podMetricsEndpoints: [endpoint] },
    },
    { parent },
  );
}
