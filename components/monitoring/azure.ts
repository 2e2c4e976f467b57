import { PrometheusRuleGroup } from "@pulumi/azure-native/alertsmanagement/prometheusRuleGroup.js";
import { ActionGroup } from "@pulumi/azure-native/monitor/actionGroup.js";
import * as pulumi from "@pulumi/pulumi";
import { azureRuleGroups } from "./azure-rules.ts";
import type { Severity } from "./model.ts";
import type { AzureMonitoring as AzureSettings } from "./monitoring.schema.ts";
import type { MonitoringArgs } from "./prometheus.ts";
import { type Audience, audiencesOf, isSilent } from "./receivers.ts";
import { createWebTest } from "./web-test.ts";

/** An environment as Azure Monitor watches it: rules of managed Prometheus, a web test that asks from outside, and who is told. */
export class AzureMonitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs & { azure: AzureSettings }, opts?: pulumi.ComponentResourceOptions) {
    // No args: Pulumi writes a component's arguments into its state, secrets in clear among them.
    super("liftlock:monitoring:Azure", name, {}, opts);
    const { settings, model, azure } = args;
    const base = `${settings.application.name}-${settings.stack}`;
    const { resourceGroup: resourceGroupName, location } = azure;
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
          scopes: [azure.workspace],
          ...(azure.cluster === undefined ? {} : { clusterName: azure.cluster }),
          interval,
          enabled: true,
          rules: told,
        },
        { parent: this },
      );
    }
    createWebTest(`${base}-health`, { settings, azure, actions: actions("critical").actions ?? [] }, this);
    this.registerOutputs({});
  }

  #actionGroup(name: string, { addresses, webhooks, severity }: Audience, { azure, settings }: MonitoringArgs & { azure: AzureSettings }) {
    return new ActionGroup(
      name,
      {
        resourceGroupName: azure.resourceGroup,
        actionGroupName: name,
        location: "Global",
        groupShortName: shortName(settings.stack, severity === "critical" ? "crit" : "warn"),
        enabled: true,
        emailReceivers: addresses.map((emailAddress) => ({ name: emailAddress, emailAddress, useCommonAlertSchema: true })),
        webhookReceivers: webhooks.map((key) => ({ name: key, serviceUri: settings.secrets[key]!, useCommonAlertSchema: true })),
      },
      { parent: this },
    );
  }
}

/** At most twelve characters, the severity among them. */
const shortName = (stack: string, severity: string): string => `${stack.slice(0, 7)}-${severity}`;
