import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Ended, liftlock, Repository } from "./support.ts";

/** Says in a ConfigMap what its process inherited, and notes in a file that it ran. */
const PROGRAM = `
import * as github from "@pulumi/github";
import * as kubernetes from "@pulumi/kubernetes";
import { Config } from "@pulumi/pulumi";
const config = new Config();
const labels = { app: "api" };
// Nobody can be asked for the team: what it is stays unknown on both sides.
new github.TeamRepository("access", { repository: "shop", teamId: github.getTeamOutput({ slug: "developers" }).id });
new kubernetes.core.v1.ConfigMap("settings", { metadata: { name: "settings", namespace: "shop" }, data: { level: config.require("level") } });
new kubernetes.core.v1.ConfigMap("inherited", { metadata: { name: "inherited", namespace: "shop" }, data: { names: Object.keys(process.env).sort().join(" ") } });
new kubernetes.core.v1.Secret("keys", { metadata: { name: "keys", namespace: "shop" }, stringData: { key: config.requireSecret("key") } });
new kubernetes.apps.v1.Deployment("api", {
  metadata: { name: "api", namespace: "shop" },
  spec: {
    selector: { matchLabels: labels },
    replicas: 2,
    template: {
      metadata: { labels },
      spec: { containers: [{ name: "api", image: "registry.example.com/api:1", resources: { requests: { cpu: config.require("cpu"), memory: "64Mi" } } }] },
    },
  },
});
`;
const stack = (values: { level?: string; cpu?: string; key?: string } = {}): string => {
  const { level = "info", cpu = "50m", key = "v1:AAAA:first" } = values;
  return `encryptionsalt: v1:salt:check\nconfig:\n  shop:level: ${level}\n  shop:cpu: ${cpu}\n  shop:key:\n    secure: ${key}\n`;
};
const project = (rules: readonly string[]): string => {
  const exemptions = rules.map((rule) => ({ rule, resource: "*", reason: "a small program of a test", expires: "2999-12-31" }));
  return `name: shop\nruntime: nodejs\nconfig:\n  application:\n    value: ${JSON.stringify({ policy: { exemptions } })}\n`;
};
// Others may run previews meanwhile.
const scratch = mkdtempSync(path.join(tmpdir(), "liftlock-scratch-"));
const left = () => readdirSync(scratch);

// Programs run, each in a second or so; a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });
let repository: Repository;
let base: string;
beforeAll(async () => {
  repository = new Repository();
  vi.stubEnv("TMPDIR", scratch);
  const { RULES } = await import("../../policy/rules/index.ts");
  base = repository.commit({
    "Pulumi.yaml": project(RULES.map(({ name }) => name)),
    "package.json": '{ "type": "module" }\n',
    "index.ts": PROGRAM,
    "Pulumi.staging.yaml": stack(),
    "Pulumi.production.yaml": stack(),
    "Pulumi.retired.yaml": stack(),
  });
});
const reset = (): void => {
  repository.git("checkout", "--quiet", "--force", base);
  repository.git("clean", "--quiet", "--force");
};
afterAll(() => {
  vi.unstubAllEnvs();
  repository.remove();
  rmSync(scratch, { recursive: true });
});
const since = (args: string[], more: Parameters<typeof liftlock>[2] = {}): Promise<Ended> =>
  liftlock(repository.dir, ["preview", "--base", base, ...args], more);

describe("what a change does", () => {
  let ended: Ended;
  const env = { GITHUB_TOKEN: "ghp_planted", PULUMI_CONFIG_PASSPHRASE: "planted passphrase", KUBECONFIG: "/planted" };
  beforeAll(async () => {
    repository.write({
      "Pulumi.staging.yaml": stack({ level: "debug", cpu: "80m", key: "v1:BBBB:second" }),
      "Pulumi.retired.yaml": undefined,
      "Pulumi.demo.yaml": stack(),
    });
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    ended = await since(["--diff", "--markdown", "report.md", "--expect-no-changes"], { env });
  });
  afterAll(() => {
    for (const name of Object.keys(env)) vi.stubEnv(name, undefined);
    reset();
  });
  const section = (name: string): string => ended.out.split(`\n\n${name}: `)[1]?.split("\n\n")[0] ?? "";

  test("is summed up by stack, with those that only one side has", () => {
    expect(ended.err).toBe("");
    expect(ended.exitCode).toBe(3);
    expect(ended.out.split("\n").slice(0, 5)).toEqual([
      `embedded engine · offline: the working tree against ${base.slice(0, 12)}`,
      expect.stringMatching(/^demo {8}\d+ created; a new stack$/),
      expect.stringMatching(/^production {2}no changes, \d+ unchanged$/),
      expect.stringMatching(/^staging {5}1 replaced, 1 updated, \d+ unchanged; 1 secret changed$/),
      "retired     no longer declared",
    ]);
    expect(section("retired")).toMatch(/Nothing deletes what it has: run destroy/);
  });
  test("is told as a preview tells it, with requests before and after", () => {
    expect(section("staging")).toMatch(
      /! {2}ConfigMap settings replaced because level changed \(info -> debug\); deleted first: missing until/,
    );
    expect(section("staging")).toMatch(/requests cpu 100m -> 160m, memory 128Mi/);
  });
  test("names a secret whose ciphertext changed, and shows neither", () => {
    expect(section("staging")).toMatch(/secrets: shop:key changed/);
    const said = [
      ended.out,
      readFileSync(path.join(repository.dir, "report.md"), "utf8"),
      readFileSync(path.join(repository.dir, "report.full.md"), "utf8"),
    ];
    expect(said.join()).not.toMatch(/v1:AAAA|v1:BBBB|planted/);
  });
  test("needs nothing that signs in anywhere: the programs inherit none of it", async () => {
    const { out } = await since(["demo", "--json"], { env: { ...env, AWS_SECRET_ACCESS_KEY: "planted" } });
    const { steps } = JSON.parse(out) as { steps: { urn: string; newState?: { inputs?: { data?: { names?: string } } } }[] };
    const names = steps.find(({ urn }) => urn.endsWith("::inherited"))?.newState?.inputs?.data?.names?.split(" ") ?? [];
    expect(names).toContain("PULUMI_CONFIG");
    expect(names.filter((name) => /TOKEN|PASSPHRASE|KUBECONFIG|AWS|SSH/.test(name))).toEqual([]);
  });
  test("is written as one comment, with the report in full beside it", () => {
    const comment = readFileSync(path.join(repository.dir, "report.md"), "utf8");
    expect(comment.split("\n")[0]).toBe("<!-- liftlock preview shop -->");
    expect(comment).toMatch(/\| `staging` \| 1 replaced, 1 updated, \d+ unchanged; 1 secret changed \| kept \| cpu 100m -&gt; 160m/);
    expect(comment).toContain("<details><summary>staging: 1 replaced, 1 updated");
    expect(readFileSync(path.join(repository.dir, "report.full.md"), "utf8")).toContain(
      "spec.template.spec.containers.api.resources.requests.cpu 50m -> 80m",
    );
  });
});

test("nothing changed is no difference, and nothing is left behind", async () => {
  const refs = repository.git("for-each-ref");
  expect(await since(["staging", "--expect-no-changes"])).toMatchObject({ exitCode: 0, err: "" });
  expect(left()).toEqual([]);
  expect(repository.git("worktree", "list").split("\n")).toHaveLength(1);
  expect(repository.git("for-each-ref")).toBe(refs);
  expect(repository.git("status", "--porcelain")).toBe("");
});

describe("a program that does not run", () => {
  afterEach(reset);
  test("is said for its side", async () => {
    const broken = repository.commit({ "index.ts": "throw new Error('not today');\n" });
    repository.write({ "index.ts": PROGRAM });
    const repaired = await liftlock(repository.dir, ["preview", "staging", "--base", broken]);
    expect(repaired.exitCode).toBe(0);
    expect(repaired.out).toMatch(
      new RegExp(`the program of ${broken.slice(0, 12)} does not run, so all of .* counts as new: [^]*not today`),
    );
    repository.write({ "index.ts": "throw new Error('not today');\n" });
    const failed = await since(["staging", "--markdown", "report.md"]);
    expect(failed.exitCode).toBe(1);
    expect(failed.err).toMatch(/not today/);
    expect(readFileSync(path.join(repository.dir, "report.md"), "utf8")).toMatch(/\| `staging` \| \*\*failed\*\*/);
  });
});

test("Ctrl-C ends it and removes what it made", async () => {
  const mark = path.join(repository.dir, "running");
  repository.commit({
    "index.ts": `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(mark)}, "");\nawait new Promise((r) => setTimeout(r, 1e6));\n`,
  });
  const hanging = repository.git("rev-parse", "HEAD");
  let interrupt = () => {};
  const run = liftlock(repository.dir, ["preview", "staging", "--base", hanging], { onStart: (press) => (interrupt = press) });
  await vi.waitFor(() => expect(existsSync(mark)).toBe(true), { timeout: 40_000 });
  expect(left()).toEqual([expect.stringMatching(/^liftlock-base-/)]);
  interrupt();
  expect(await run).toMatchObject({ exitCode: 1, err: expect.stringContaining("staging: stopped before it was through") });
  expect(left()).toEqual([]);
  reset();
});

test("runs nothing of the revision but its program: no hook, and no script of its packages", async () => {
  const ran = path.join(repository.dir, "ran");
  const hook = path.join(repository.dir, ".git/hooks/post-checkout");
  writeFileSync(hook, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  const withScripts = repository.commit({
    "package.json": `{ "type": "module", "scripts": { "postinstall": "touch ${ran}", "prepare": "touch ${ran}" } }\n`,
  });
  expect((await liftlock(repository.dir, ["preview", "staging", "--base", withScripts])).exitCode).toBe(0);
  expect(existsSync(ran)).toBe(false);
});

test("what cannot be asked for is refused with words", async () => {
  expect(await since(["--refresh"])).toMatchObject({ exitCode: 2, err: expect.stringContaining("leave --refresh and --pin out") });
  const unknown = await liftlock(repository.dir, ["preview", "--base", "no-such-thing"]);
  expect(unknown).toMatchObject({ exitCode: 2, err: expect.stringMatching(/git knows no revision "no-such-thing".*fetch-depth: 0/) });
  const option = await liftlock(repository.dir, ["preview", "--base=--output=x"]);
  expect(option).toMatchObject({ exitCode: 2, err: expect.stringContaining("git knows no revision") });
  expect(await since(["nowhere"])).toMatchObject({ exitCode: 2, err: expect.stringContaining('No stack "nowhere"') });
});
