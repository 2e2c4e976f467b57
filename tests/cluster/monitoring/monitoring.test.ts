import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { azureAgent } from "../../../components/monitoring/scrape.ts";
import { render } from "../../components/support.ts";
import { committed } from "../../monitoring/environments.ts";
import type { projects } from "../../settings/projects.ts";
import { temporaryNamespace } from "../setup.ts";
import { DryRun, type Manifest } from "../support/dry-run.ts";

/** Whether a real API server, with the definitions of Prometheus' operator, takes what watches an environment. */
const plurals: Record<string, string> = {
  PrometheusRule: "prometheusrules",
  PodMonitor: "podmonitors",
  Probe: "probes",
  AlertmanagerConfig: "alertmanagerconfigs",
};
let place: Awaited<ReturnType<typeof temporaryNamespace>>;
let server: DryRun;
beforeAll(async () => {
  place = await temporaryNamespace("monitoring");
  server = new DryRun(place.namespace, plurals);
});
afterAll(() => place?.remove());

describe.each(committed)("%s", (_, settings) => {
  let objects: Manifest[] = [];
  beforeAll(async () => {
    const project = settings.application.name as (typeof projects)[number]["project"];
    const change: Parameters<typeof render>[2] = ({ application, environment }) => {
      application.secrets["alert-hooks"] = { keys: { SLACK_URL: {}, HOOK_URL: {} } };
      delete environment.monitoring.azure; // which cannot write to Slack
      environment.monitoring.receivers = [
        ...(environment.monitoring.receivers ?? []),
        { kind: "slack", secret: "SLACK_URL" },
        { kind: "webhook", secret: "HOOK_URL", least: "critical" },
      ];
    };
    const resources = await render(project, settings.stack, change);
    objects = server.manifests(resources);
  });

  test("rules, monitors, probes and receivers are taken as they are, no field unknown", async () => {
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["PrometheusRule", "PodMonitor", "AlertmanagerConfig"]));
    for (const object of objects) expect(await server.create(object), object.kind).toMatchObject({ spec: object.spec });
  });

  test("what Prometheus reads, Azure Monitor's agent is told in its own group, by a definition of it", async () => {
    const monitor: Manifest = objects.find(({ kind }) => kind === "PodMonitor");
    const agents = { ...monitor, apiVersion: `${azureAgent.group}/v1`, spec: { ...azureAgent.limits, ...monitor.spec } };
    expect(await server.create(agents)).toMatchObject({ apiVersion: "azmonitoring.coreos.com/v1", spec: agents.spec });
    await expect(server.create({ ...agents, spec: { ...agents.spec, labelLimits: 1 } })).rejects.toThrow(/unknown field .*labelLimits/);
  });

  test("an unknown field and a hold that is no duration are refused", async () => {
    const rules = (): Manifest => structuredClone(objects.find(({ kind }) => kind === "PrometheusRule"));
    const unknown = rules();
    unknown.spec.groups[0].rules[0].expression = "up";
    await expect(server.create(unknown)).rejects.toThrow(/unknown field .*expression/);
    const wrong = rules();
    wrong.spec.groups[0].rules[0].for = "five minutes";
    await expect(server.create(wrong)).rejects.toThrow(/rules\[0\]\.for/);
  });
});
