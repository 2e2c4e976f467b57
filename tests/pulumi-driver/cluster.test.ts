import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { pulumiSelector } from "../../ops/pulumi/select.ts";

const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-cluster-of-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const write = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
write("pulumi", "#!/bin/sh\necho v3.260.0\n");
chmodSync(path.join(dir, "pulumi"), 0o755);
write("Pulumi.yaml", "name: shop\n");
const contexts = ["mine", "shared"].map((name) => ({ name, context: { cluster: name } }));
const clusters = ["mine", "shared"].map((name) => ({ name, cluster: { server: `https://${name}.example.com` } }));
write("kubeconfig", stringify({ contexts, clusters, "current-context": "mine" }));

/** The context of the cluster that is asked for a stack of these settings; undefined: none is. */
async function asked(settings: Record<string, object>): Promise<string | undefined> {
  const env = { PATH: `${dir}:/usr/bin:/bin`, HOME: dir, KUBECONFIG: path.join(dir, "kubeconfig"), PULUMI_BACKEND_URL: `file://${dir}` };
  const declared = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`shop:${key}`, JSON.stringify(value)]));
  const files = { name: "shop", file: path.join(dir, "Pulumi.yaml"), stacks: ["it"], stackFile: () => "", declared: async () => declared };
  const { cluster } = await pulumiSelector({ cwd: dir, env }, undefined)({ projectDir: dir, stack: "it", cluster: "if-running" }, files);
  return cluster?.context;
}

test.each<[string, Record<string, object>, string | undefined]>([
  ["an environment's is that of its context", { environment: { cluster: { context: "shared" } } }, "shared"],
  ["or the current one", { environment: {} }, "mine"],
  ["that of a platform's Gateways is named by them", { platform: { gateway: { cluster: { context: "shared" } } } }, "shared"],
  ["or the current one, where the cluster is the platform's own", { platform: { azure: {}, gateway: {} } }, "mine"],
  ["a platform without Gateways has none", { platform: { azure: {} } }, undefined],
])("%s", async (_, settings, context) => {
  expect(await asked(settings)).toBe(context);
});
