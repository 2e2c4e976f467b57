import { PrometheusRuleGroup } from "@pulumi/azure-native/alertsmanagement/prometheusRuleGroup.js";
import { ActionGroup } from "@pulumi/azure-native/monitor/actionGroup.js";
import * as pulumi from "@pulumi/pulumi";
import type { AzurePlace } from "./azure-place.ts";
import { azureRuleGroups } from "./azure-rules.ts";
import { createDashboard } from "./dashboard-map.ts";
import type { Severity } from "./model.ts";
import type { MonitoringArgs } from "./prometheus.ts";
import { type Audience, audiencesOf, isSilent } from "./receivers.ts";
import { azureAgent, createScrape } from "./scrape.ts";
import { createWebTest } from "./web-test.ts";

/** An environment as Azure Monitor watches it: rules of managed Prometheus, a web test that asks from outside, and who is told. */
export class AzureMonitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs & { place: AzurePlace }, opts?: pulumi.ComponentResourceOptions) {
    // No args: Pulumi writes a component's arguments into its state, secrets in clear among them.
    super("liftlock:monitoring:Azure", name, {}, opts);
    const { settings, model, place } = args;
    const base = `${settings.application.name}-${settings.stack}`;
    const { resourceGroup: resourceGroupName, location, cluster: clusterName } = place;
    const groups = new Map<Severity, pulumi.Output<string>>();
    for (const audience of audiencesOf(settings).filter((one) => !isSilent(one))) {
      const group = this.#actionGroup(`${base}-${audience.severity}`, audience, args);
      groups.set(audience.severity, group.id);
    }
    const actions = (severity: Severity) => {
      const actionGroupId = groups.get(severity);
      return actionGroupId === undefined ? {} : { actions: [{ actionGroupId }] };
    };

    for (const { name: ruleGroupName, interval, rules } of azureRuleGroups(model)) {
      const told = rules.map((rule) => ("alert" in rule ? { ...rule, ...actions(rule.labels.severity as Severity) } : rule));
      new PrometheusRuleGroup(
        ruleGroupName,
        {
          resourceGroupName,
          ruleGroupName,
          location,
          scopes: [place.workspace],
          ...(clusterName === undefined ? {} : { clusterName }),
          interval,
          enabled: true,
          rules: told,
        },
        { parent: this },
      );
    }
    if (place.scrape) createScrape(azureAgent, args, this);
    if (settings.environment.monitoring?.prometheus === undefined) createDashboard(args, this);
    createWebTest(`${base}-health`, { settings, place, actions: actions("critical").actions ?? [] }, this);
    this.registerOutputs({});
  }

  #actionGroup(name: string, { addresses, webhooks, severity }: Audience, { place, settings }: MonitoringArgs & { place: AzurePlace }) {
    return new ActionGroup(
      name,
      {
        resourceGroupName: place.resourceGroup,
        actionGroupName: name,
        location: "Global",
        groupShortName: shortName(settings.stack, severity === "critical" ? "crit" : "warn"),
        enabled: true,
        emailReceivers: addresses.map((emailAddress) => ({ name: emailAddress, emailAddress, useCommonAlertSchema: true })),
        webhookReceivers: webhooks.map((key) => ({ name: key, serviceUri: settings.secrets[key]!, useCommonAlertSchema: true })),
      },
      // Azure shows a webhook's address to whoever may read the group: a refresh would take it into state in clear.
      { parent: this, ...(webhooks.length > 0 ? { additionalSecretOutputs: ["webhookReceivers"] } : {}) },
    );
  }
}

/** At most twelve characters, the severity among them. */
const shortName = (stack: string, severity: string): string => `${stack.slice(0, 7)}-${severity}`;
