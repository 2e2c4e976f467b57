import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pulumiFindings } from "../../ops/doctor/pulumi.ts";
import { STAND_IN } from "./support.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), "liftlock-doctor-"));
  cpSync(path.join(import.meta.dirname, "project"), dir, { recursive: true });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const { version } = createRequire(import.meta.url)("@pulumi/kubernetes/package.json") as { version: string };
const look = async (env: Record<string, string>) => {
  const around = { cwd: dir, projectDir: dir, given: undefined };
  const all = { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`, HOME: dir, KUBECONFIG: path.join(dir, "none"), ...env };
  const findings = await pulumiFindings({ ...around, env: all });
  return Object.fromEntries(findings.map(({ name, version: found, needed }) => [name, `${found ?? "missing"}: ${needed}`]));
};

test("everything is there", async () => {
  const kubeconfig = path.join(dir, "kubeconfig");
  writeFileSync(
    kubeconfig,
    "current-context: prod\ncontexts:\n- name: prod\n  context: { cluster: c }\nclusters:\n- name: c\n  cluster: { server: https://example.com }\n",
  );
  const plugins = JSON.stringify([{ name: "kubernetes", kind: "resource", version: version.replace(/^v/, "") }]);
  const env = { PULUMI_COMMAND: STAND_IN, PULUMI_BACKEND_URL: "file://~", PULUMI_CONFIG_PASSPHRASE: "planted", STAND_IN_PLUGINS: plugins };
  const found = await look({ ...env, KUBECONFIG: kubeconfig });
  expect(Object.values(found).filter((line) => line.startsWith("missing"))).toEqual([]);
  expect(found).toMatchObject({
    "Pulumi CLI": expect.stringContaining("3.260.0"),
    backend: "ada: keeps the state: file://~",
    passphrase: "set: opens the stacks' secrets",
    kubeconfig: expect.stringContaining("prod: the current context (https://example.com)"),
  });
  expect(JSON.stringify(found)).not.toContain("planted");
});

test("each thing that is missing says what to do", async () => {
  const refused = "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions";
  const found = await look({
    PULUMI_COMMAND: STAND_IN,
    STAND_IN_REFUSAL: refused,
    PATH: `/usr/bin:/bin:${path.dirname(process.execPath)}`,
  });
  expect(found.backend).toMatch(/^missing: The Pulumi CLI is not logged in .*run `pulumi login`/);
  expect(found.plugin).toContain(`pulumi plugin install resource kubernetes ${version.replace(/^v/, "")}`);
  expect(found.passphrase).toContain("the secrets of dev, prod are kept under a passphrase: set PULUMI_CONFIG_PASSPHRASE");
  expect(found.kubeconfig).toContain("missing: No kubeconfig names a current context");
  const without = await look({ PULUMI_COMMAND: "/nowhere/pulumi" });
  expect(without["Pulumi CLI"]).toMatch(/^missing: PULUMI_COMMAND names \/nowhere\/pulumi.*docs\/install/);
  expect(without.backend).toBeUndefined();
});

test.each([
  ["echo v20.20.2", /^missing: .*\/node is 20\.20\.2: `pulumi up` by hand needs Node\.js 24 or newer there/],
  ["exit 1", /^missing: .*\/node is broken/],
  ["echo v24.1.0", /^24\.1\.0: runs the program under `pulumi up` by hand/],
  [undefined, /^missing: `pulumi up` by hand needs a node on PATH: install Node\.js 24 or newer/],
])("the Node.js on PATH that says %j", async (says, said) => {
  const bin = path.join(dir, "bin");
  mkdirSync(bin, { recursive: true });
  rmSync(path.join(bin, "node"), { force: true });
  if (says !== undefined) {
    writeFileSync(path.join(bin, "node"), `#!/bin/sh\n${says}\n`);
    chmodSync(path.join(bin, "node"), 0o755);
  }
  expect((await look({ PATH: bin, PULUMI_COMMAND: "/nowhere/pulumi" }))["PATH node"]).toMatch(said);
});

test("a CLI that is too old for how a run is followed", async () => {
  const old = path.join(dir, "old-pulumi");
  writeFileSync(old, "#!/bin/sh\necho v3.100.0\n");
  chmodSync(old, 0o755);
  expect((await look({ PULUMI_COMMAND: old }))["Pulumi CLI"]).toMatch(
    /^missing: .*old-pulumi is Pulumi 3\.100\.0; liftlock needs 3\.\d+\.0 or newer/,
  );
});
