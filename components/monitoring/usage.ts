import type { MonitoringDeclaration } from "./declaration.schema.ts";
import type { Panel, RecordingRule, RuleGroup } from "./model.ts";
import { probe, select } from "./promql.ts";
import { cpuUsed, memoryUsed, ofLimit, type Watching } from "./thresholds.ts";

const record = (name: string, expression: string): RecordingRule => ({ kind: "record", name, expression, labels: {} });

/** What is recorded beside alerts: who uses what, which APIs of others are called, how much of the time all was up. */
export function usageGroup(usage: MonitoringDeclaration["usage"], { watched, metrics, health }: Watching): RuleGroup | undefined {
  const calls = select(metrics.apiCalls, watched, `${metrics.api}=~"${usage.apis.map((api) => api.replaceAll(".", "[.]")).join("|")}"`);
  const rules = [
    ...(usage.activeUsers ? [record("app:active_users:sum", `sum(${select(metrics.activeUsers, watched)})`)] : []),
    ...(usage.features
      ? [record("app:feature_usage:increase1d", `sum by (${metrics.feature}) (increase(${select(metrics.features, watched)}[1d]))`)]
      : []),
    ...(usage.apis.length > 0 ? [record("app:api_calls:increase1h", `sum by (${metrics.api}) (increase(${calls}[1h]))`)] : []),
    ...(health === undefined ? [] : [record("app:uptime:ratio30d", `avg(avg_over_time(${probe("probe_success", watched)}[30d]))`)]),
  ];
  return rules.length === 0 ? undefined : { name: "usage", interval: 300, rules };
}

export function usagePanels(usage: MonitoringDeclaration["usage"], { watched, metrics, health }: Watching): Panel[] {
  const panel = (title: string, unit: Panel["unit"], name: string, legend: string): Panel => ({
    title,
    unit,
    queries: [{ expression: select(name, watched), legend }],
  });
  return [
    ...(usage.activeUsers ? [panel("Active users", "short", "app:active_users:sum", "users")] : []),
    ...(usage.features ? [panel("Feature usage, a day", "short", "app:feature_usage:increase1d", `{{${metrics.feature}}}`)] : []),
    ...(usage.apis.length > 0 ? [panel("API calls, an hour", "short", "app:api_calls:increase1h", `{{${metrics.api}}}`)] : []),
    ...(health === undefined ? [] : [panel("Uptime, 30 days", "percentunit", "app:uptime:ratio30d", "uptime")]),
  ];
}

/** CPU and memory of every container against its limit. */
export const resourcePanels = ({ watched }: Watching): Panel[] => [
  { title: "CPU", unit: "percentunit", queries: [{ expression: ofLimit(cpuUsed(watched), "cpu", watched), legend: "{{pod}}" }] },
  { title: "Memory", unit: "percentunit", queries: [{ expression: ofLimit(memoryUsed(watched), "memory", watched), legend: "{{pod}}" }] },
];
