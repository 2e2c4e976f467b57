import { Grafana } from "@pulumi/azure-native/dashboard/grafana.js";
import { AzureMonitorWorkspace } from "@pulumi/azure-native/monitor/azureMonitorWorkspace.js";
import { DataCollectionEndpoint } from "@pulumi/azure-native/monitor/dataCollectionEndpoint.js";
import { DataCollectionRule } from "@pulumi/azure-native/monitor/dataCollectionRule.js";
import { DataCollectionRuleAssociation } from "@pulumi/azure-native/monitor/dataCollectionRuleAssociation.js";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import { Logs } from "./logs.ts";
import type { PlatformAzure } from "./platform.schema.ts";
import type { Tier } from "./primitives.ts";
import { grant } from "./roles.ts";
import { LOG_DAYS } from "./sizes.ts";

type MonitoringSettings = NonNullable<PlatformAzure["monitoring"]>;

/** Where logs and metrics go, and the pages that show them. */
export class Monitoring extends pulumi.ComponentResource {
  /** Undefined where the settings ask for none. */
  readonly logs: Logs | undefined;
  readonly metrics: AzureMonitorWorkspace | undefined;
  readonly grafana: pulumi.Output<string> | undefined;
  readonly #place: Place;
  readonly #settings: MonitoringSettings;

  constructor(
    name: string,
    { place, settings, tier }: { place: Place; settings: MonitoringSettings; tier: Tier },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("liftlock:azure:Monitoring", name, {}, opts);
    this.#place = place;
    this.#settings = settings;
    const within = { parent: this };
    const { retentionDays, logs, metrics, grafana } = settings;
    if (logs) this.logs = new Logs(name, { place, name: settings.name, retentionDays: retentionDays ?? LOG_DAYS[tier] }, within);
    if (metrics)
      this.metrics = new AzureMonitorWorkspace(`${name}-metrics`, { ...place, azureMonitorWorkspaceName: settings.name }, within);
    if (grafana !== undefined) {
      const workspaces = this.metrics === undefined ? [] : [{ azureMonitorWorkspaceResourceId: this.metrics.id }];
      const pages = new Grafana(
        `${name}-grafana`,
        {
          ...place,
          workspaceName: grafana,
          sku: { name: "Standard" },
          identity: { type: "SystemAssigned" },
          properties: {
            apiKey: "Disabled",
            grafanaMajorVersion: "12",
            grafanaIntegrations: { azureMonitorWorkspaceIntegrations: workspaces },
          },
        },
        within,
      );
      const principalId = pages.identity.apply((identity) => identity?.principalId ?? "");
      if (this.metrics !== undefined)
        grant(`${name}-grafana-reads`, { scope: this.metrics.id, role: "MonitoringDataReader", principalId }, within);
      this.grafana = pages.properties.apply((properties) => properties?.endpoint ?? "");
    }
    this.registerOutputs({});
  }

  /** The cluster's logs and metrics (managed Prometheus) go to the workspaces. */
  collectFrom(cluster: pulumi.Output<string>): void {
    this.logs?.collectFrom(cluster);
    if (this.metrics === undefined) return;
    const within = { parent: this };
    const { name } = this.#settings;
    const endpoint = new DataCollectionEndpoint(
      "prometheus-endpoint",
      { ...this.#place, dataCollectionEndpointName: `${name}-prometheus`, kind: "Linux" },
      within,
    );
    const stream = "Microsoft-PrometheusMetrics";
    const rule = new DataCollectionRule(
      "prometheus-rule",
      {
        ...this.#place,
        dataCollectionRuleName: `${name}-prometheus`,
        kind: "Linux",
        dataCollectionEndpointId: endpoint.id,
        dataSources: { prometheusForwarder: [{ name: "prometheus", streams: [stream] }] },
        destinations: { monitoringAccounts: [{ name: "metrics", accountResourceId: this.metrics.id }] },
        dataFlows: [{ streams: [stream], destinations: ["metrics"] }],
      },
      within,
    );
    new DataCollectionRuleAssociation(
      "prometheus-association",
      { resourceUri: cluster, associationName: "prometheus", dataCollectionRuleId: rule.id },
      within,
    );
  }
}
