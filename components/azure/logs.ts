import { Component } from "@pulumi/azure-native/applicationinsights/component.js";
import { DataCollectionRule } from "@pulumi/azure-native/monitor/dataCollectionRule.js";
import { DataCollectionRuleAssociation } from "@pulumi/azure-native/monitor/dataCollectionRuleAssociation.js";
import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting.js";
import { Workspace } from "@pulumi/azure-native/operationalinsights/workspace.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";

export interface LogsArgs {
  readonly place: Place;
  /** Of the workspace, and of what belongs to it. */
  readonly name: string;
  readonly retentionDays: number;
}

/** What containers write, and what happened to their pods. Their figures come by Prometheus. */
const STREAMS = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory"];

/** Who changed what in the cluster and who was refused; without what was only read, which would be most of the bill. */
const CONTROL_PLANE = ["kube-audit-admin", "guard", "cluster-autoscaler"];

/** A workspace that keeps logs, and Application Insights over it, to which web tests belong. */
export class Logs {
  readonly id: pulumi.Output<string>;
  readonly insights: pulumi.Output<string>;
  readonly #args: LogsArgs;
  readonly #name: string;
  readonly #opts: pulumi.CustomResourceOptions;

  constructor(name: string, args: LogsArgs, opts: pulumi.CustomResourceOptions) {
    const { place, retentionDays } = args;
    this.#name = name;
    this.#args = args;
    this.#opts = opts;
    this.id = new Workspace(
      `${name}-logs`,
      { ...place, workspaceName: args.name, sku: { name: "PerGB2018" }, retentionInDays: retentionDays },
      opts,
    ).id;
    this.insights = new Component(
      `${name}-insights`,
      {
        ...place,
        resourceName: args.name,
        kind: "web",
        applicationType: "web",
        workspaceResourceId: this.id,
        ingestionMode: "LogAnalytics",
      },
      opts,
    ).id;
  }

  /** Ships the cluster's logs: https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable */
  collectFrom(cluster: pulumi.Output<string>): void {
    const { place, name } = this.#args;
    const rule = new DataCollectionRule(
      "logs-rule",
      {
        ...place,
        dataCollectionRuleName: `${name}-containers`,
        kind: "Linux",
        dataSources: {
          extensions: [
            {
              name: "ContainerInsightsExtension",
              extensionName: "ContainerInsights",
              streams: STREAMS,
              extensionSettings: { dataCollectionSettings: { interval: "1m", namespaceFilteringMode: "Off", enableContainerLogV2: true } },
            },
          ],
        },
        destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: this.id }] },
        dataFlows: [{ streams: STREAMS, destinations: ["logs"] }],
      },
      this.#opts,
    );
    // The agent looks for an association of this very name.
    const associationName = "ContainerInsightsExtension";
    new DataCollectionRuleAssociation(
      "logs-association",
      { resourceUri: cluster, associationName, dataCollectionRuleId: rule.id },
      this.#opts,
    );
    new DiagnosticSetting(
      `${this.#name}-control-plane`,
      {
        resourceUri: cluster,
        name: "control-plane",
        workspaceId: this.id,
        logAnalyticsDestinationType: "Dedicated",
        logs: CONTROL_PLANE.map((category) => ({ category, enabled: true })),
      },
      this.#opts,
    );
  }
}
