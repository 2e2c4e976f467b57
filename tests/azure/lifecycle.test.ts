import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import { azureNativeFactory } from "../../local/providers/azure-native/index.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { stepList, succeeded } from "../engine/support/stack.ts";
import { studysphere, written } from "./support.ts";

vi.setConfig({ testTimeout: 120_000 });
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-azure-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("StudySphere's platform comes up, and a second time does nothing", async () => {
  const settings = written("platform");
  delete settings.platform.github;
  delete settings.platform.gateway; // needs a cluster: tests/cluster/azure
  const extraConfig = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`studysphere:${key}`, { value: JSON.stringify(value), secret: false, object: true }]),
  ) as StackConfig;
  const engine = () =>
    createEmbeddedEngine({
      projectDir: studysphere,
      stack: "platform",
      backendDir: dir,
      passphrase: "test",
      providers: [kubernetesFactory({ kind: "offline" }), azureNativeFactory({ kind: "stand-in", dir: path.join(dir, "azure") })],
      extraConfig,
    });
  const changes = (steps: string[]) => steps.filter((step) => !/^(same|refresh) /.test(step));
  const first = succeeded(await (await engine()).up({}));
  expect(changes(stepList(first)).length).toBeGreaterThan(40);
  expect(first.outputs?.azure).toMatchObject({
    resourceGroup: "studysphere-rg",
    registry: "studysphere.azurecr.io",
    cluster: "studysphere-aks",
  });
  expect(changes(stepList(succeeded(await (await engine()).up({ refresh: true }))))).toEqual([]);
});
