import type { MonitoringModel, Rule, RuleGroup } from "./model.ts";

/** The model as Prometheus reads rules: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ */
export const prometheusRules = (model: MonitoringModel) => ({ groups: model.groups.map((group) => groupOf(group, model)) });

const groupOf = ({ name, interval, rules }: RuleGroup, model: MonitoringModel) => ({
  // Two environments may share one Prometheus.
  name: `${model.labels.application}-${model.labels.environment}-${name}`,
  interval: `${interval}s`,
  rules: rules.map((rule) => ruleOf(rule, model)),
});

const ruleOf = (rule: Rule, { labels, runbook }: MonitoringModel) =>
  rule.kind === "record"
    ? { record: rule.name, expr: rule.expression, labels: { ...labels, ...rule.labels } }
    : {
        alert: rule.name,
        expr: rule.expression,
        ...(rule.hold > 0 ? { for: `${rule.hold}s` } : {}),
        labels: { ...labels, ...rule.labels, severity: rule.severity },
        annotations: annotationsOf(`${labels.application} in ${labels.environment}: ${rule.summary}`, runbook),
      };

export const annotationsOf = (summary: string, runbook: string | undefined): Record<string, string> => ({
  summary,
  ...(runbook === undefined ? {} : { runbook_url: runbook }),
});
