import { beforeAll, describe, expect, test } from "vitest";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import { Secret } from "../../local/engine/values.ts";
import { find, leaks, readable, render } from "../components/support.ts";

const id = (path: string) => `/subscriptions/0/resourceGroups/ferry-rg/providers/${path}`;
const insights = id("Microsoft.Insights/components/ferry");
const workspace = id("Microsoft.Monitor/accounts/ferry");
const azure = { resourceGroup: "ferry-rg", location: "westeurope", workspace, cluster: "ferry-aks", insights };

describe("ferry in production, watched by Azure Monitor", () => {
  let resources: readonly RenderedResource[];
  const classes = (name: string) => resources.filter(({ type }) => type.endsWith(`:${name}`));
  beforeAll(async () => {
    resources = await render("ferry", "production", ({ application, environment }) => {
      application.secrets["alert-hooks"] = { keys: { RELAY_URL: {} } };
      delete environment.monitoring.prometheus;
      environment.monitoring.azure = azure;
      environment.monitoring.receivers = [
        { kind: "email", to: ["on-call@ferry.example.com"] },
        { kind: "webhook", secret: "RELAY_URL", least: "critical" },
      ];
    });
  }, 60_000);

  test("asks from five places every five minutes, and reads the body", () => {
    const { inputs } = find(resources, "WebTest", "ferry-production-health");
    expect(inputs).toMatchObject({
      kind: "standard",
      webTestKind: "standard",
      frequency: 300,
      timeout: 5,
      enabled: true,
      request: { requestUrl: "https://ferry.example.com/health", httpVerb: "GET" },
      validationRules: {
        expectedHttpStatusCode: 200,
        contentValidation: { contentMatch: "error", ignoreCase: true, passIfTextFound: false },
      },
      tags: { [`hidden-link:${insights}`]: "Resource" },
    });
    expect(inputs.locations).toHaveLength(5);
    expect(find(resources, "MetricAlert", "ferry-production-health").inputs).toMatchObject({
      severity: 0,
      windowSize: "PT5M",
      criteria: { odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria", componentId: insights, failedLocationCount: 3 },
    });
  });
  test("tells those who want to hear of it, by severity, and keeps the webhook's address secret", () => {
    const critical = classes("ActionGroup").find(({ name }) => name === "ferry-production-critical")!;
    expect(find(resources, "ActionGroup", "ferry-production-warning").inputs.webhookReceivers).toEqual([]);
    expect((critical.inputs.webhookReceivers as Record<string, unknown>[])[0]!.serviceUri).toBeInstanceOf(Secret);
    for (const group of classes("ActionGroup")) expect(String(group.inputs.groupShortName).length).toBeLessThanOrEqual(12);
    expect(leaks(readable(resources))).toBe(false);
  });
  test("has every rule of the model, each alert with its action group", () => {
    const groups = classes("PrometheusRuleGroup");
    expect(groups.map(({ name }) => name).sort()).toEqual([
      "ferry-production-absent",
      "ferry-production-objective-latency",
      "ferry-production-objective-requests",
      "ferry-production-thresholds",
    ]);
    for (const { inputs } of groups) {
      expect(inputs).toMatchObject({ scopes: [workspace], clusterName: "ferry-aks", interval: "PT1M", enabled: true });
      for (const rule of inputs.rules as { alert?: string; actions?: object[] }[])
        expect(rule.actions?.length ?? 0, rule.alert ?? "a record").toBe(rule.alert === undefined ? 0 : 1);
    }
  });
  test("leaves the dashboard where people find it, to import into the platform's Grafana", () =>
    expect(JSON.parse(find(resources, "ConfigMap", "dashboard").inputs.data["production.json"])).toMatchObject({
      title: "ferry: production",
    }));
  test("has the agent read nothing where nobody says that the cluster has one: it would refuse the object", () => {
    expect(classes("PodMonitor")).toEqual([]);
    expect(resources.filter(({ name }) => name === "azure-reads-metrics")).toEqual([]);
  });
  test("and, told that it does, what Prometheus would read, let in to the same pods at the same port", async () => {
    const scraped = await render("ferry", "production", ({ environment }) => {
      environment.monitoring.azure = { ...azure, scrape: true };
    });
    const [prometheus, agent] = ["metrics", "azure-metrics"].map((name) => find(scraped, "PodMonitor", name).inputs);
    expect(agent).toMatchObject({
      apiVersion: "azmonitoring.coreos.com/v1",
      spec: { labelLimit: 63, labelNameLengthLimit: 511, labelValueLengthLimit: 1023, ...prometheus.spec },
    });
    expect(agent.spec.podMetricsEndpoints).toEqual([{ port: "http", path: "/metrics", interval: "30s" }]);
    const [before, policy] = ["read-metrics", "azure-reads-metrics"].map((name) => find(scraped, "NetworkPolicy", name).inputs);
    const from = [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { rsName: "ama-metrics" } },
      },
    ];
    const ports = [{ protocol: "TCP", port: "http" }];
    expect(policy.spec).toEqual({ ...before.spec, ingress: [{ from, ports }] });
    expect(policy.spec.podSelector).toEqual(agent.spec.selector);
    expect(agent.spec.selector.matchExpressions[0].values.length).toBeGreaterThan(0);
  }, 60_000);
  test("and nothing of Prometheus' operator", () => expect(classes("PrometheusRule")).toEqual([]));
});
