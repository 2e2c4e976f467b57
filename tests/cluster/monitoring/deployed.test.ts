import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppsV1Api, CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import { afterAll, expect, inject, test } from "vitest";
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import type { RunResult } from "../../../ops/engine.ts";
import { leaks, overlay, planted, writtenSettings } from "../../components/support.ts";
import { clusterClient } from "../setup.ts";

/** The reference application, watched as its production is, in a namespace of the test's own. */
const { dir, ...settings } = writtenSettings("ferry", "staging");
const namespace = `ferry-watched-${process.pid}`;
settings.application.promotion = { path: ["staging"] };
settings.application.secrets["alert-hooks"] = { keys: { SLACK_URL: {} } };
for (const service of settings.application.services) service.settle = "1s";
settings.environment.namespace = namespace;
settings.environment.host = "ferry-watched.example.com";
settings.environment.protect = false;
// What it has on GitHub has tests beside the stand-in.
delete settings.environment.github;
settings.environment.monitoring = {
  ...writtenSettings("ferry", "production").environment.monitoring,
  receivers: [{ kind: "slack", secret: "SLACK_URL" }],
};

const backendDir = mkdtempSync(path.join(os.tmpdir(), "liftlock-watched-"));
const engine = () =>
  createEmbeddedEngine({
    projectDir: dir,
    stack: "staging",
    backendDir,
    passphrase: "test",
    providers: [kubernetesFactory({ kind: "cluster", kubeconfig: inject("controlPlane").kubeconfig })],
    extraConfig: overlay("ferry", "staging", settings),
  });
const up = async (): Promise<RunResult> => {
  const result = await (await engine()).up({});
  if (result.result !== "succeeded") throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
};

const client = () => clusterClient().config;
// biome-ignore lint/suspicious/noExplicitAny: manifests
const custom = (plural: string, name: string, version = "v1"): Promise<any> =>
  client().makeApiClient(CustomObjectsApi).getNamespacedCustomObject({ group: "monitoring.coreos.com", version, namespace, plural, name });

afterAll(async () => {
  rmSync(backendDir, { recursive: true, force: true });
  await client()
    .makeApiClient(CoreV1Api)
    .deleteNamespace({ name: namespace })
    .catch(() => undefined);
});

test("what watches an environment comes up with it, changes in place, and goes with it", async () => {
  const first = await up();
  const rules = await custom("prometheusrules", "rules");
  expect(rules.spec.groups.map(({ name }: { name: string }) => name)).toContain("ferry-staging-thresholds");
  expect(JSON.stringify(rules.spec)).toContain(`namespace=\\"${namespace}\\"`);
  expect((await custom("probes", "health")).spec.targets.staticConfig.static).toEqual(["https://ferry-watched.example.com/health"]);
  const { spec } = await custom("alertmanagerconfigs", "receivers", "v1alpha1");
  expect(spec.receivers[0].slackConfigs[0].apiURL).toEqual({ name: "alert-receivers", key: "SLACK_URL" });

  const secret = await client().makeApiClient(CoreV1Api).readNamespacedSecret({ namespace, name: "alert-receivers" });
  expect(Buffer.from(secret.data!.SLACK_URL!, "base64").toString()).toBe(planted);
  const state = readdirSync(backendDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
  expect(state.join("").length).toBeGreaterThan(1000);
  expect([JSON.stringify(first), ...state].filter(leaks)).toEqual([]);

  const { spec: deployed } = await client().makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name: "api" });
  const { version } = settings.release;
  expect(deployed!.template.spec!.containers[0]!.env).toEqual(
    expect.arrayContaining([
      { name: "SENTRY_ENVIRONMENT", value: "staging" },
      { name: "SENTRY_RELEASE", value: `ferry@${version}` },
    ]),
  );

  settings.environment.monitoring.alerts.errors = 2;
  const second = await up();
  expect(second.changeSummary.update).toBe(1);
  const changed = await custom("prometheusrules", "rules");
  expect(changed.metadata.uid).toBe(rules.metadata.uid);
  expect(JSON.stringify(changed.spec)).toContain("more than 2 % of the requests fail");

  const down = await (await engine()).destroy({});
  expect(down.result).toBe("succeeded");
  await expect(custom("prometheusrules", "rules")).rejects.toThrow(/not found/);
});
