import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { UNKNOWN } from "../../local/engine/values.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";

const factory = kubernetesFactory({ kind: "offline" });
const dir = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
afterAll(() => rmSync(dir, { recursive: true }));

const kubeconfig = (server: string, token = "t"): string =>
  JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    clusters: [{ name: "k", cluster: { server } }],
    users: [{ name: "u", user: { token } }],
  });
const file = path.join(dir, "config");
writeFileSync(file, kubeconfig("https://one"));

describe("provider inputs in state", () => {
  test("scalars are text, as recorded", async () => {
    expect(await factory.checkConfig({ clusterIdentifier: "local", enableServerSideApply: true, kubeconfig: "kubeconfig" })).toEqual({
      inputs: { __internal: {}, clusterIdentifier: "local", enableServerSideApply: "true", kubeconfig: "kubeconfig", version: "4.34.2" },
      failures: [],
    });
    expect(factory.version).toBe("4.34.2");
  });

  test.each(["renderYamlToDirectory", "deleteUnreachable", "skipUpdateUnreachable", "upsertExistingObjects", "strictMode"])(
    "%s is refused, with the reason",
    async (key) => {
      const { failures } = await factory.checkConfig({ [key]: true });
      expect(failures).toEqual([{ property: key, reason: expect.stringContaining("not supported") }]);
      expect((await factory.checkConfig({ [key]: "false" })).failures).toEqual([]);
    },
  );

  test("client-side apply is refused", async () => {
    expect((await factory.checkConfig({ enableServerSideApply: "false" })).failures).toHaveLength(1);
  });
});

describe("what replaces a provider, and with it all its objects", () => {
  const cases: [string, Record<string, string | typeof UNKNOWN>, Record<string, string | typeof UNKNOWN>, string[]][] = [
    ["nothing", { kubeconfig: "a" }, { kubeconfig: "a" }, []],
    ["another cluster identifier", { clusterIdentifier: "a" }, { clusterIdentifier: "b" }, ["clusterIdentifier"]],
    [
      "another server under the same identifier",
      { clusterIdentifier: "a", kubeconfig: kubeconfig("https://one") },
      { clusterIdentifier: "a", kubeconfig: kubeconfig("https://two") },
      [],
    ],
    [
      "an unknown kubeconfig under the same identifier",
      { clusterIdentifier: "a", kubeconfig: "x" },
      { clusterIdentifier: "a", kubeconfig: UNKNOWN },
      [],
    ],
    ["another server", { kubeconfig: kubeconfig("https://one") }, { kubeconfig: kubeconfig("https://two") }, ["kubeconfig"]],
    ["another token", { kubeconfig: kubeconfig("https://one") }, { kubeconfig: kubeconfig("https://one", "u") }, []],
    ["a file with the same cluster", { kubeconfig: kubeconfig("https://one") }, { kubeconfig: file }, []],
    ["an unknown kubeconfig", { kubeconfig: "x" }, { kubeconfig: UNKNOWN }, ["kubeconfig"]],
    ["adding an identifier", { kubeconfig: "x" }, { kubeconfig: "x", clusterIdentifier: "a" }, []],
    ["another version", { version: "4.34.1" }, { version: "4.34.2" }, []],
  ];
  test.each(cases)("%s", async (_what, olds, news, replaces) => {
    const found = await factory.diffConfig({ __internal: {}, ...olds }, news);
    expect(found.replaces).toEqual(replaces);
    expect(found.changes).toBe(JSON.stringify(olds) !== JSON.stringify(news));
  });
});
