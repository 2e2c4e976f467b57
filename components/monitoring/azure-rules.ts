import type { MonitoringModel, Rule, Severity } from "./model.ts";
import { annotationsOf } from "./prometheus-rules.ts";

/** Azure Monitor's figures: 0 critical, 2 warning. */
export const azureSeverity: Readonly<Record<Severity, number>> = { critical: 0, warning: 2 };

/** A rule group of Azure Monitor holds at most this many: https://learn.microsoft.com/azure/azure-monitor/service-limits#prometheus-metrics */
const mostRules = 20;

export interface AzureRuleGroup {
  readonly name: string;
  /** ISO 8601: PT1M. */
  readonly interval: string;
  readonly rules: readonly AzureRule[];
}
export type AzureRule = ReturnType<typeof ruleOf>;

/** The model as rule groups of Azure's managed Prometheus. Who is told depends on an alert's severity. */
export const azureRuleGroups = (model: MonitoringModel): AzureRuleGroup[] =>
  model.groups.flatMap(({ name, interval, rules }) =>
    chunks(rules, mostRules).map((part, index) => ({
      name: `${model.labels.application}-${model.labels.environment}-${name}${index === 0 ? "" : `-${index + 1}`}`,
      interval: isoDuration(interval),
      rules: part.map((rule) => ruleOf(rule, model)),
    })),
  );

const ruleOf = (rule: Rule, { labels, runbook }: MonitoringModel) =>
  rule.kind === "record"
    ? { record: rule.name, expression: rule.expression, labels: { ...labels, ...rule.labels }, enabled: true }
    : {
        alert: rule.name,
        expression: rule.expression,
        ...(rule.hold > 0 ? { for: isoDuration(rule.hold) } : {}),
        labels: { ...labels, ...rule.labels, severity: rule.severity },
        annotations: annotationsOf(`${labels.application} in ${labels.environment}: ${rule.summary}`, runbook),
        severity: azureSeverity[rule.severity],
        resolveConfiguration: { autoResolved: true, timeToResolve: "PT10M" },
        enabled: true,
      };

export const isoDuration = (seconds: number): string => (seconds % 60 === 0 && seconds > 0 ? `PT${seconds / 60}M` : `PT${seconds}S`);

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
