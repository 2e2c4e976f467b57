import { CustomObjectsApi } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redact } from "../../../local/engine/values.ts";
import { render } from "../../components/support.ts";
import { committed } from "../../monitoring/environments.ts";
import type { projects } from "../../settings/projects.ts";
import { clusterClient, temporaryNamespace } from "../setup.ts";

/** Whether a real API server, with the definitions of Prometheus' operator, takes what watches an environment. */
const plurals: Record<string, string> = {
  PrometheusRule: "prometheusrules",
  PodMonitor: "podmonitors",
  Probe: "probes",
  AlertmanagerConfig: "alertmanagerconfigs",
};
let place: Awaited<ReturnType<typeof temporaryNamespace>>;
beforeAll(async () => {
  place = await temporaryNamespace("monitoring");
});
afterAll(() => place?.remove());

// biome-ignore lint/suspicious/noExplicitAny: manifests
type Manifest = any;
const create = (object: Manifest) => {
  const [group, version] = object.apiVersion.split("/");
  const body = { ...object, metadata: { ...object.metadata, namespace: place.namespace } };
  return clusterClient().config.makeApiClient(CustomObjectsApi).createNamespacedCustomObject({
    group,
    version,
    namespace: place.namespace,
    plural: plurals[object.kind]!,
    body,
    dryRun: "All",
    fieldValidation: "Strict",
  });
};

describe.each(committed)("%s", (_, settings) => {
  let objects: Manifest[] = [];
  beforeAll(async () => {
    const project = settings.application.name as (typeof projects)[number]["project"];
    const change: Parameters<typeof render>[2] = ({ application, environment }) => {
      application.secrets["alert-hooks"] = { keys: { SLACK_URL: {}, HOOK_URL: {} } };
      environment.monitoring.receivers = [
        ...(environment.monitoring.receivers ?? []),
        { kind: "slack", secret: "SLACK_URL" },
        { kind: "webhook", secret: "HOOK_URL", least: "critical" },
      ];
    };
    const resources = await render(project, settings.stack, change);
    objects = resources.map(({ inputs }): Manifest => redact(inputs)).filter(({ kind }) => Object.hasOwn(plurals, kind));
  });

  test("rules, monitors, probes and receivers are taken as they are, no field unknown", async () => {
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["PrometheusRule", "PodMonitor", "AlertmanagerConfig"]));
    for (const object of objects) expect(await create(object), object.kind).toMatchObject({ spec: object.spec });
  });

  test("an unknown field and a hold that is no duration are refused", async () => {
    const rules = (): Manifest => structuredClone(objects.find(({ kind }) => kind === "PrometheusRule"));
    const unknown = rules();
    unknown.spec.groups[0].rules[0].expression = "up";
    await expect(create(unknown)).rejects.toThrow(/unknown field .*expression/);
    const wrong = rules();
    wrong.spec.groups[0].rules[0].for = "five minutes";
    await expect(create(wrong)).rejects.toThrow(/rules\[0\]\.for/);
  });
});
