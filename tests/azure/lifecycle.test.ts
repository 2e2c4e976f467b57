import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { declaredSecrets } from "../../components/secrets.ts";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import { azureNativeFactory } from "../../local/providers/azure-native/index.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { errorsOf, stepList, succeeded } from "../engine/support/stack.ts";
import { studysphere, type Written, written } from "./support.ts";

vi.setConfig({ testTimeout: 120_000 });
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-azure-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A stack of StudySphere on the stand-in, which knows no cluster; without what is in a cluster or on GitHub. */
function engine(stack: string, change: (settings: Written) => void = () => {}) {
  const settings = written(stack);
  if (settings.platform !== undefined) {
    delete settings.platform.github;
    delete settings.platform.gateway; // needs a cluster: tests/cluster/azure
  }
  change(settings);
  const objects = Object.entries(settings).map(([key, value]) => [
    `studysphere:${key}`,
    { value: JSON.stringify(value), secret: false, object: true },
  ]);
  const secrets = declaredSecrets(settings.application, stack).map(({ key }) => [`studysphere:${key}`, { value: "x", secret: true }]);
  return createEmbeddedEngine({
    projectDir: studysphere,
    stack,
    backendDir: dir,
    passphrase: "test",
    providers: [kubernetesFactory({ kind: "offline" }), azureNativeFactory({ kind: "stand-in", dir: path.join(dir, "azure") })],
    extraConfig: Object.fromEntries([...objects, ...secrets]) as StackConfig,
  });
}
const changes = (steps: string[]) => steps.filter((step) => !/^(same|refresh) /.test(step));

test("StudySphere's platform comes up, and a second time does nothing", async () => {
  const first = succeeded(await (await engine("platform")).up({}));
  expect(changes(stepList(first)).length).toBeGreaterThan(40);
  expect(first.outputs?.azure).toMatchObject({
    resourceGroup: "studysphere-rg",
    registry: "studysphere.azurecr.io",
    cluster: "studysphere-aks",
  });
  expect(changes(stepList(succeeded(await (await engine("platform")).up({ refresh: true }))))).toEqual([]);
});

test("an environment waits for the login of its platform's cluster: a preview warns, an update is refused", async () => {
  const words = '"platform" gives out no login of its cluster studysphere-aks yet';
  const preview = succeeded(await (await engine("development")).preview({}));
  expect(preview.diagnostics.map(({ message, severity }) => [severity, message])).toContainEqual([
    "warning",
    `${words}: the cluster is shown as unknown. Bring it up again: liftlock up platform`,
  ]);
  expect(errorsOf(await (await engine("development")).up({}))).toContain(
    `${words}, and "development" runs there. Bring it up again: liftlock up platform`,
  );
});

test("a state that holds types of earlier API versions is found again when the settings say so", async () => {
  const file = path.join(dir, ".pulumi/stacks/studysphere/platform.json");
  const before = readFileSync(file, "utf8");
  const [network, cluster] = ["azure-native:network", "azure-native:containerservice"];
  const earlier = before
    .replaceAll(`${network}:VirtualNetwork`, `${network}/v20230201:VirtualNetwork`)
    .replaceAll(`${cluster}:ManagedCluster`, `${cluster}/v20240901:ManagedCluster`);
  expect(earlier).not.toBe(before);
  writeFileSync(file, earlier);
  const kept = succeeded(await (await engine("platform", ({ platform }) => (platform.azure.earlierTypes = true))).preview({}));
  expect(changes(stepList(kept))).toEqual([]);
  const lost = await (await engine("platform")).preview({});
  expect(changes(stepList(lost))).toEqual(expect.arrayContaining(["create network", "create cluster"]));
});
