import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { azureRuleGroups } from "../../components/monitoring/azure-rules.ts";
import { dashboard } from "../../components/monitoring/dashboard.ts";
import { blackboxModule } from "../../components/monitoring/health.ts";
import { BURNS } from "../../components/monitoring/objectives.ts";
import { prometheusRules } from "../../components/monitoring/prometheus-rules.ts";
import { alertmanagerSpec, audiencesOf } from "../../components/monitoring/receivers.ts";
import { demands, modelOf, watched } from "./environments.ts";

const models = Object.values(demands).map((monitoring) => modelOf(watched(monitoring)));

describe("one model", () => {
  test("is the same rules in Prometheus and in Azure, of which a group holds at most twenty", () => {
    for (const model of models) {
      const rules = prometheusRules(model).groups.flatMap((group) => group.rules);
      const groups = azureRuleGroups(model);
      const nameOf = (rule: { alert?: string } | { record: string }) => ("record" in rule ? rule.record : rule.alert);
      expect(groups.flatMap((group) => group.rules.map((rule) => [nameOf(rule), rule.labels, rule.expression]))).toEqual(
        rules.map((rule) => [nameOf(rule), rule.labels, rule.expr]),
      );
      expect(Math.max(...groups.map(({ rules }) => rules.length))).toBeLessThanOrEqual(20);
      expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
    }
  });
  test("splits a group that is too large for Azure, in order", () => {
    const rules = Array.from({ length: 41 }, (_, index) => ({ kind: "record" as const, name: `r${index}`, expression: "1", labels: {} }));
    const groups = azureRuleGroups({ ...models[0]!, groups: [{ name: "many", interval: 60, rules }] });
    expect(groups.map(({ name, rules }) => [name, rules.length])).toEqual([
      ["shop-prod-many", 20],
      ["shop-prod-many-2", 20],
      ["shop-prod-many-3", 1],
    ]);
  });
  test("burns by the workbook's figures: 2, 5 and 10 per cent of a month's budget, the short window a twelfth of the long one", () => {
    const hours: Record<string, number> = { "5m": 1 / 12, "30m": 0.5, "1h": 1, "6h": 6, "3d": 72 };
    const shares = BURNS.map(({ factor, long }) => (factor * hours[long]!) / (30 * 24));
    for (const [index, share] of [0.02, 0.05, 0.1].entries()) expect(shares[index]).toBeCloseTo(share, 10);
    expect(BURNS.map(({ long, short }) => hours[long]! / hours[short]!)).toEqual([12, 12, 12]);
  });
  test("misses the bucket at which an objective counts, and where none counts misses none", () => {
    const buckets = (monitoring: object) =>
      modelOf(watched(monitoring)).groups.flatMap(({ rules }) => rules.flatMap((rule) => rule.labels?.bucket ?? []));
    const of = (seconds: number) => ({ prometheus: {}, objectives: { latency: { percent: 95, seconds } } });
    expect([buckets(of(0.5)), buckets(of(2)), buckets({ prometheus: {}, alerts: { latency: 2 } })]).toEqual([["0.5"], ["2"], []]);
  });
  test("is drawn: each query once, panels beside each other without overlap", () => {
    for (const model of models) {
      const { panels } = dashboard(model);
      expect(panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))).toEqual(
        model.panels.flatMap(({ queries }) => queries.map(({ expression }) => expression)),
      );
      expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length);
    }
  });
  test("is nothing in an environment that asks for nothing", () => expect(() => modelOf(watched(undefined))).toThrow("nothing is watched"));
});

describe("receivers", () => {
  const audiences = audiencesOf(
    watched(
      {
        prometheus: {},
        receivers: [
          { kind: "email", roles: ["qa"], to: ["desk@example.com"] },
          { kind: "slack", secret: "SENTRY_DSN", least: "critical" },
        ],
      },
      ({ application }) => {
        application.promotion.people = { quinn: ["@quinn", "quinn@example.com"] };
        application.promotion.roles = { qa: { people: ["quinn", "@login-only", "ann@example.com"] } };
      },
    ),
  );
  test("are people's addresses, not their logins; only what is critical reaches those who want no less", () => {
    const addresses = ["desk@example.com", "quinn@example.com", "ann@example.com"];
    expect(audiences).toEqual([
      { severity: "critical", addresses, slack: ["SENTRY_DSN"], webhooks: [] },
      { severity: "warning", addresses, slack: [], webhooks: [] },
    ]);
  });
  test("are named by their secret's key, and warnings are the route that is left", () => {
    const { route, receivers } = alertmanagerSpec(audiences, "alert-receivers");
    expect(route.receiver).toBe("warning");
    expect(route.routes).toEqual([{ receiver: "critical", matchers: [{ name: "severity", value: "critical", matchType: "=" }] }]);
    expect(receivers[0]).toMatchObject({ slackConfigs: [{ apiURL: { name: "alert-receivers", key: "SENTRY_DSN" } }] });
    expect(receivers[1]).not.toHaveProperty("slackConfigs");
  });
});

describe("the health check", () => {
  test("is written in the how-to as the model has it", () => {
    const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/how-to/watch-an-environment.md"), "utf8");
    const block = /```yaml\n(modules:[\s\S]*?)```/.exec(text)![1]!;
    expect(parseYaml(block)).toEqual({ modules: { liftlock_health: blackboxModule({ refuse: "error" }) } });
  });
  test("takes a word as it is, not as an expression", () =>
    expect(blackboxModule({ refuse: "a.b (c)" }).http.fail_if_body_matches_regexp).toEqual(["(?i)a\\.b \\(c\\)"]));
});
