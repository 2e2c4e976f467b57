import type { Settings } from "../model.ts";
import type { AlertRule, MonitoringModel, Panel, RuleGroup, Watched } from "./model.ts";
import { objectiveGroup, objectivesOf, recordOf } from "./objectives.ts";
import { errorRatio, quantile95, select } from "./promql.ts";
import { thresholdRules, type Watching } from "./thresholds.ts";
import { resourcePanels, usageGroup, usagePanels } from "./usage.ts";

/** What is watched in an environment, as data; undefined where nothing is. */
export function buildMonitoring(settings: Settings): MonitoringModel | undefined {
  const { application, environment, stack } = settings;
  const { monitoring: declared } = application;
  const { monitoring } = environment;
  if (declared === undefined || monitoring === undefined) return undefined;
  const watched: Watched = { application: application.name, stack, namespace: environment.namespace };
  const health = monitoring.prometheus?.prober === undefined ? undefined : declared.health;
  const watching: Watching = { watched, metrics: declared.metrics, health };

  const thresholds = monitoring.alerts === undefined ? [] : thresholdRules(monitoring.alerts, watching);
  const objectives = objectivesOf(monitoring.objectives, watching);
  const objectiveGroups = objectives.map((objective) => objectiveGroup(objective, watched));
  const usage = usageGroup(declared.usage, watching);
  const alerts = [...thresholds, ...objectiveGroups.flatMap(({ rules }) => rules.filter((rule) => rule.kind === "alert"))];
  const groups: RuleGroup[] = [
    { name: "thresholds", interval: 60, rules: thresholds },
    { name: "absent", interval: 60, rules: absentRules(alerts) },
    ...objectiveGroups,
    ...(usage === undefined ? [] : [usage]),
  ];
  const burning = objectives.map((objective): Panel => {
    const query = { expression: recordOf(objective, "1h", watched), legend: objective.name };
    return { title: `Beyond ${objective.promise}`, unit: "percentunit", queries: [query], limit: 1 - objective.target };
  });
  return {
    labels: { namespace: environment.namespace, application: application.name, environment: stack },
    runbook: monitoring.runbook,
    groups: groups.filter(({ rules }) => rules.length > 0),
    panels: [...requestPanels(watching), ...burning, ...resourcePanels(watching), ...usagePanels(declared.usage, watching)],
  };
}

/** An alert on a series that is not there never fires: silence of what is watched is an alert of its own, one for each series. */
export function absentRules(alerts: readonly AlertRule[]): AlertRule[] {
  const critical = new Set(alerts.filter(({ severity }) => severity === "critical").flatMap(({ needs }) => needs));
  return [...new Set(alerts.flatMap(({ needs }) => needs))].sort().map((selector) => {
    const metric = selector.slice(0, selector.indexOf("{"));
    const bucket = /le=~"([^"]+)"/.exec(selector)?.[1]?.replace("([.]0)?", "").replaceAll("[.]", ".");
    return {
      kind: "alert",
      name: "MetricAbsent",
      expression: `absent(${selector})`,
      hold: 600, // longer than a rollout takes to bring the first pod back
      severity: critical.has(selector) ? "critical" : "warning",
      summary: `nothing reports ${metric}${bucket === undefined ? "" : `, with a bucket at ${bucket} s`}: alerts on it cannot fire`,
      needs: [],
      labels: { metric, ...(bucket === undefined ? {} : { bucket }) },
    };
  });
}

const requestPanels = ({ watched, metrics }: Watching): Panel[] => [
  {
    title: "Requests",
    unit: "reqps",
    queries: [
      { expression: `sum by (${metrics.status}) (rate(${select(metrics.requests, watched)}[5m]))`, legend: `{{${metrics.status}}}` },
    ],
  },
  { title: "Failing requests", unit: "percentunit", queries: [{ expression: errorRatio(metrics, watched, "5m"), legend: "failing" }] },
  { title: "Duration, 95 of 100 requests", unit: "s", queries: [{ expression: quantile95(metrics.duration, watched), legend: "p95" }] },
];
