import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ClusterApi } from "../../ops/drift/cluster-api.ts";
import { readReady } from "../../ops/live.ts";
import { noCluster } from "../../ops/no-cluster.ts";
import { pulumiSelector } from "../../ops/pulumi/select.ts";

const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-cluster-of-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const write = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
// What each stack gives out, as the CLI tells it.
write(
  "pulumi",
  `#!/bin/sh
case "$*" in
  version*) echo v3.260.0 ;;
  "stack output --json --show-secrets --stack "*)
    if [ -f "${dir}/$6.json" ]; then cat "${dir}/$6.json"; else echo "error: no stack named '$6' found" >&2; exit 255; fi ;;
  *) echo "error: unexpected $*" >&2; exit 255 ;;
esac
`,
);
chmodSync(path.join(dir, "pulumi"), 0o755);
write("Pulumi.yaml", "name: shop\n");
const contexts = ["mine", "shared"].map((name) => ({ name, context: { cluster: name } }));
const clusters = ["mine", "shared"].map((name) => ({ name, cluster: { server: `https://${name}.example.com` } }));
write("kubeconfig", stringify({ contexts, clusters, "current-context": "mine" }));

function select(settings: Record<string, object>) {
  const env = { PATH: `${dir}:/usr/bin:/bin`, HOME: dir, KUBECONFIG: path.join(dir, "kubeconfig"), PULUMI_BACKEND_URL: `file://${dir}` };
  const declared = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`shop:${key}`, JSON.stringify(value)]));
  const files = { name: "shop", file: path.join(dir, "Pulumi.yaml"), stacks: ["it"], stackFile: () => "", declared: async () => declared };
  return pulumiSelector({ cwd: dir, env }, undefined)({ projectDir: dir, stack: "it", cluster: "if-running" }, files);
}

/** The context of the cluster that is asked for a stack of these settings; undefined: none is. */
const asked = async (settings: Record<string, object>): Promise<string | undefined> => (await select(settings)).cluster?.context;

test.each<[string, Record<string, object>, string | undefined]>([
  ["an environment's is that of its context", { environment: { cluster: { context: "shared" } } }, "shared"],
  ["or the current one", { environment: {} }, "mine"],
  ["that of a platform's Gateways is named by them", { platform: { gateway: { cluster: { context: "shared" } } } }, "shared"],
  ["or the current one, where the cluster is the platform's own", { platform: { azure: {}, gateway: {} } }, "mine"],
  ["a platform without Gateways has none", { platform: { azure: {} } }, undefined],
])("%s", async (_, settings, context) => {
  expect(await asked(settings)).toBe(context);
});

describe("in a platform", () => {
  const environment = { azure: { platform: "shared" }, cluster: { identifier: "aks" } };
  const given = (outputs: object, stack = "shared") => write(`${stack}.json`, JSON.stringify(outputs));
  const login = (server: string) =>
    stringify({
      "current-context": "aks",
      contexts: [{ name: "aks", context: { cluster: "aks", user: "somebody" } }],
      clusters: [{ name: "aks", cluster: { server, "insecure-skip-tls-verify": true } }],
      users: [{ name: "somebody", user: { token: "planted-login-4711" } }],
    });
  let api: Server;
  let address = "";
  const heard: (string | undefined)[] = [];
  beforeAll(async () => {
    api = createServer(({ headers }, response) => {
      heard.push(headers.authorization);
      response.setHeader("content-type", "application/json").end('{"items":[]}');
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => api.close(resolve)));

  test("the platform's cluster is asked, by the login that it gives out, whatever the current context is", async () => {
    given({ azure: { cluster: "shop-aks" }, kubeconfig: login(address) });
    const { cluster, target, ...rest } = await select({ environment });
    expect(target).toContain(`cluster of shared (${address})`);
    const drift = new ClusterApi(cluster!);
    await drift.served();
    await drift.close();
    await readReady(cluster!, ["shop"]);
    expect(heard).toEqual(Array(4).fill("Bearer planted-login-4711"));
    // In memory alone, and in nothing that is shown.
    expect(inspect([cluster, target, rest.unasked], { depth: 9 }) + JSON.stringify(cluster)).not.toContain("planted-login");
    const files = readdirSync(dir).filter((file) => file !== "shared.json");
    expect(files.filter((file) => readFileSync(path.join(dir, file), "utf8").includes("planted-login"))).toEqual([]);
  });

  test("and that of a platform's own Gateways is asked so", async () => {
    given({ azure: { cluster: "shop-aks" }, kubeconfig: login(address) }, "it");
    const { target } = await select({ platform: { gateway: {}, azure: { cluster: {} } } });
    expect(target).toContain(`cluster of it (${address})`);
  });

  test("one without a cluster leaves it to the environment's own settings", async () => {
    given({ azure: {} });
    expect(await asked({ environment })).toBe("mine");
  });

  test.each<[string, object | undefined, RegExp]>([
    ["is not there", undefined, /Stack shared does not exist/],
    ["was never brought up", {}, /"shared" gives out no Azure yet; bring it up first: liftlock up shared/],
    [
      "gives out no login",
      { azure: { cluster: "shop-aks" } },
      /"shared" gives out no login of its cluster shop-aks yet; bring it up again/,
    ],
    [
      "gives out what is no login",
      { azure: { cluster: "shop-aks" }, kubeconfig: "planted-login: [" },
      /has no current context; bring it up again/,
    ],
  ])("no other cluster is asked where it %s", async (_, outputs, why) => {
    rmSync(path.join(dir, "shared.json"), { force: true });
    if (outputs !== undefined) given(outputs);
    const { cluster, target, unasked } = await select({ environment });
    expect(cluster).toBeUndefined();
    expect(unasked).toMatch(why);
    expect(target).toContain("the cluster is not asked");
    expect(target + unasked).not.toContain("planted-login");
    expect(noCluster("it", unasked, "liftlock").message).toMatch(why);
  });

  test("nor where the login has not the context that the settings name", async () => {
    given({ azure: { cluster: "shop-aks" }, kubeconfig: login(address) });
    expect(await select({ environment: { ...environment, cluster: { context: "mine" } } })).toMatchObject({
      unasked: expect.stringContaining('has no context "mine"'),
    });
  });
});
