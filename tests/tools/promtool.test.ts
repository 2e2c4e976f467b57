import { beforeAll, describe, expect, test } from "vitest";
import type { Settings } from "../../components/model.ts";
import { absentRules } from "../../components/monitoring/build.ts";
import type { AlertRule, MonitoringModel } from "../../components/monitoring/model.ts";
import { prometheusRules } from "../../components/monitoring/prometheus-rules.ts";
import { committed, demands, examples, modelOf, watched } from "../monitoring/environments.ts";
import { burnScenario, pod, Samples, type Scenario, type Series, thresholdScenario } from "../monitoring/series.ts";
import { buildPromtool, promtool } from "./promtool.ts";

let program = "";
beforeAll(async () => {
  program = await buildPromtool();
}, 900_000);

/** Every environment that is watched: together they ask for all that teams asked for. */
const environments: [string, Settings][] = [...committed, ...examples];
const watchedOf = ({ application, stack, environment }: Settings) => ({
  application: application.name,
  stack,
  namespace: environment.namespace,
});
const alertsOf = ({ groups }: MonitoringModel): AlertRule[] => groups.flatMap(({ rules }) => rules.filter((rule) => rule.kind === "alert"));

/** The alert as promtool expects it. */
const expected = (rule: AlertRule, model: MonitoringModel, { labels = {}, value = "" }: Partial<Scenario> = {}) => {
  const summary = rule.summary.replace("{{ $labels.pod }}", pod).replace("{{ $value }}", value);
  return {
    exp_labels: { ...model.labels, ...rule.labels, severity: rule.severity, ...labels },
    exp_annotations: {
      summary: `${model.labels.application} in ${model.labels.environment}: ${summary}`,
      ...(model.runbook === undefined ? {} : { runbook_url: model.runbook }),
    },
  };
};
type Expected = ReturnType<typeof expected>;
const look = (name: string, minutes: number, series: Series[], rule: AlertRule, exp_alerts: Expected[]) => ({
  name,
  interval: "1m",
  input_series: series,
  alert_rule_test: [{ eval_time: `${minutes}m`, alertname: rule.name, exp_alerts }],
});

/** Fires after its time, not before it, and not on what is just not too much. */
function crossings(rule: AlertRule, model: MonitoringModel, scenario: Scenario) {
  const { at, fires, quiet, alsoQuiet } = scenario;
  const alert = expected(rule, model, scenario);
  const early = Math.floor(rule.hold / 60) - 1;
  // Objectives share the names of their alerts: only this one's are counted, the others have no series.
  return [
    look(`${rule.name} fires`, at, fires, rule, [alert]),
    look(`${rule.name} is quiet`, at, quiet, rule, []),
    ...(alsoQuiet === undefined ? [] : [look(`${rule.name} is quiet on what is another's`, at, alsoQuiet, rule, [])]),
    ...(early >= 1 ? [look(`${rule.name} waits`, early, fires, rule, [])] : []),
  ];
}

/** Each series that an alert reads, taken away: that is an alert. None while all are there. */
function absences(model: MonitoringModel, samples: Samples) {
  const rules = alertsOf(model).filter(({ name }) => name === "MetricAbsent");
  const without = (start: string, part = "") =>
    samples.all().filter(({ series }) => !(series.startsWith(`${start}{`) && series.includes(part)));
  const job = /job="([^"]+)"/;
  const said = (rule: AlertRule) => {
    const found = job.exec(rule.expression);
    return expected(rule, model, found === null ? {} : { labels: { job: found[1]! } });
  };
  return rules.flatMap((rule) => {
    const { metric = "", bucket } = rule.labels!;
    const same = rules.filter(({ labels }) => labels!.metric === metric).map(said);
    return [
      look(`${metric} is absent`, 15, without(metric), rule, same),
      look(`${metric} is there`, 15, samples.all(), rule, []),
      // A histogram that has other buckets alone: an objective of this limit could never be missed.
      ...(bucket === undefined
        ? []
        : [look(`${metric} has no bucket at ${bucket}`, 15, without(metric, `le="${bucket}"`), rule, [said(rule)])]),
    ];
  });
}

describe.each(environments)("%s", (_, settings) => {
  const model = modelOf(settings);
  const samples = new Samples(watchedOf(settings));
  const { alerts, objectives } = settings.environment.monitoring!;
  const scenarioOf = (rule: AlertRule): Scenario =>
    rule.name.startsWith("BudgetBurn")
      ? burnScenario(rule, objectives, samples)
      : thresholdScenario(rule, alerts!, samples, watchedOf(settings), settings.application.monitoring!.health?.slow);
  // One group at a time: promtool computes all that it is given, for hours of samples.
  const groups = model.groups.filter(({ name }) => name === "thresholds" || name.startsWith("objective-"));

  test("there is something to cross", () => expect(groups.length).toBeGreaterThan(0));
  test.each(groups.map((group) => [group.name, { ...model, groups: [group] }] as const))(
    "%s: alerts fire on what crosses their limits, after their time, and on nothing else",
    async (_, part) => {
      const tests = alertsOf(part).flatMap((rule) => crossings(rule, part, scenarioOf(rule)));
      expect(tests.length).toBeGreaterThan(2);
      expect(await promtool(program, prometheusRules(part), tests)).toEqual({ ok: true, said: expect.stringContaining("SUCCESS") });
    },
  );

  test("every series that an alert reads is missed when it is gone", async () => {
    const absent = absences(model, samples);
    expect(absent.length).toBeGreaterThan(1);
    expect(await promtool(program, prometheusRules(model), absent)).toEqual({ ok: true, said: expect.stringContaining("SUCCESS") });
  });

  test("every query of the dashboard draws something", async () => {
    const queries = model.panels.flatMap(({ queries }) => queries);
    const draws = queries.map(({ expression }) => ({
      expr: `count(${expression}) > bool 0`,
      eval_time: "65m",
      exp_samples: [{ value: 1 }],
    }));
    const drawn = [{ interval: "1m", input_series: samples.all(), promql_expr_test: draws }];
    expect(await promtool(program, prometheusRules(model), drawn)).toEqual({ ok: true, said: expect.stringContaining("SUCCESS") });
  });
});

test("users, features, API calls and uptime are counted", async () => {
  const settings = watched(demands["testing: 95 %"]);
  const model = modelOf(settings);
  const labels = Object.entries(model.labels).map(([key, value]) => `${key}="${value}"`);
  const record = (name: string, ...more: string[]) => `${name}{${[...labels, ...more].join(",")}}`;
  const samples = new Samples(watchedOf(settings));
  const series = [...samples.usage(), ...samples.outage(54, 6)];
  const exactly = (expr: string, of: [string, number][]) => ({
    expr,
    eval_time: "59m",
    exp_samples: of.map(([metric, value]) => ({ labels: metric, value })),
  });
  const promql_expr_test = [
    exactly("app:active_users:sum", [[record("app:active_users:sum"), 15]]),
    exactly("round(app:uptime:ratio30d, 0.001)", [[`{${labels.join(",")}}`, 0.9]]),
    exactly('app:api_calls:increase1h{api="trello"} > bool 50', [[`{${[...labels, 'api="trello"'].join(",")}}`, 1]]),
    exactly('app:api_calls:increase1h{api="openai"} > bool 150', [[`{${[...labels, 'api="openai"'].join(",")}}`, 1]]),
    exactly("app:feature_usage:increase1d > bool 100", [[`{${[...labels, 'feature="search"'].join(",")}}`, 1]]),
  ];
  const result = await promtool(program, prometheusRules(model), [{ interval: "1m", input_series: series, promql_expr_test }]);
  expect(result).toEqual({ ok: true, said: expect.stringContaining("SUCCESS") });
});

test("a rule that is wrong is found, and so is a limit that is off", async () => {
  const settings = watched(demands["errors > 10 a minute, down > 5 min"]);
  const model = modelOf(settings);
  const rule = alertsOf(model).find(({ name }) => name === "ManyErrors")!;
  const spoilt = (expression: string) => ({
    groups: [{ name: "spoilt", rules: [{ alert: rule.name, expr: expression, labels: { ...model.labels, severity: rule.severity } }] }],
  });
  expect(await promtool(program, spoilt(`${rule.expression})`))).toMatchObject({ ok: false, said: expect.stringContaining("parse error") });
  const tests = crossings(
    rule,
    model,
    thresholdScenario(rule, settings.environment.monitoring!.alerts!, new Samples(watchedOf(settings)), watchedOf(settings)),
  );
  expect(await promtool(program, spoilt(rule.expression.replace("> 10", "> 12")), tests)).toMatchObject({
    ok: false,
    said: expect.stringContaining("FAILED"),
  });
  expect(absentRules([])).toEqual([]);
});
