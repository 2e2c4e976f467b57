import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execaNode } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = path.join(import.meta.dirname, "../..");
let outside: string;
beforeAll(() => {
  outside = mkdtempSync(path.join(tmpdir(), "liftlock-cli-"));
});
afterAll(() => {
  rmSync(outside, { recursive: true, force: true });
});

/** The command as the wrapper runs it: a process of its own, in the caller's folder. */
async function cli(args: string | string[], { cwd = root, env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  const { exitCode, stdout, stderr } = await execaNode(
    path.join(root, "ops/cli.ts"),
    typeof args === "string" ? args.split(" ").filter(Boolean) : args,
    {
      cwd,
      env: { NO_COLOR: "1", ...env },
      reject: false,
      stdin: "ignore",
    },
  );
  return { exitCode, stdout, stderr };
}

describe("usage", () => {
  test("--help explains the commands and the exit codes, and ends with 0", async () => {
    const { exitCode, stdout, stderr } = await cli("--help");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const command of [
      "preview",
      "up",
      "destroy",
      "refresh",
      "outputs",
      "history",
      "export",
      "cancel",
      "stacks",
      "render",
      "local",
      "doctor",
    ]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
    }
    expect(stdout).toContain("Exit codes: 0 done, 1 failed, 2 wrong usage, 3 differences found");
  });
  test("--version", async () => {
    expect(await cli("--version")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });
  test.each<[string, string]>([
    ["", "Usage: liftlock"],
    ["upp", "error: unknown command 'upp'\n(Did you mean up?)"],
    ["up --lokal", "error: unknown option '--lokal'\n(Did you mean --local?)"],
    ["up a b --local", "error: too many arguments for 'up'"],
    ["--context kind up development", "--context is for the embedded engine: say --local --context NAME."],
    ["up --local", "Which stack of ferry? It has: development, staging, production, platform."],
    ["up prod --local", 'No stack "prod" in ferry'],
    ["preview development prod --local", "Did you mean production?"],
    ["up development", "PULUMI_COMMAND names /nowhere/pulumi, which is no program that can be run"],
    ["preview development", "Install the Pulumi CLI"],
    ["preview development --pulumi nowhere/pulumi", "--pulumi names nowhere/pulumi"],
    ["preview development --local --pulumi pulumi", "--pulumi is for the Pulumi CLI"],
    ["local strat", "Did you mean start?"],
    ["render production --yaml --json", "exclude each other"],
    ["--stack-dir nowhere preview --local", "nowhere does not exist"],
    ["--stack-dir package.json preview --local", "is a file; name its folder"],
    ["--local --context nowhere up development", 'No context "nowhere"'],
  ])("liftlock %s: says what is wrong and ends with 2", async (args, message) => {
    const { exitCode, stdout, stderr } = await cli(args, {
      env: { KUBECONFIG: path.join(outside, "none"), PULUMI_COMMAND: "/nowhere/pulumi" },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
  test("outside a project", async () => {
    const { exitCode, stderr } = await cli("preview --local", { cwd: outside });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `error: No Pulumi.yaml in ${outside} or above it. Go to the program's folder, or name it with --stack-dir DIR.`,
    });
  });
  test("global options may stand before or after the command", async () => {
    expect((await cli("--local up prod")).stderr).toBe((await cli("up prod --local")).stderr);
  });
});

describe("a project of one's own", () => {
  test("a damaged Pulumi.yaml is named, and nothing is made beside it", async () => {
    writeFileSync(path.join(outside, "Pulumi.yaml"), "name: [");
    const { exitCode, stderr } = await cli("preview --local", { cwd: outside });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(path.join(outside, "Pulumi.yaml"));
    expect(stderr).not.toMatch(/^ +at |fault of liftlock/m);
  });
});

describe("render", () => {
  test("runs the unchanged program offline and prints documents only", async () => {
    const { exitCode, stdout, stderr } = await cli("render development --yaml");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "embedded engine · offline, secrets redacted" });
    expect(stdout.startsWith("---\napiVersion: v1\nkind: Namespace\n")).toBe(true);
    expect(stdout).toContain("DATABASE_URL: W3NlY3JldF0=");
  });
  test("holds the resources of one's own that docs/how-to/extend.md shows", async () => {
    const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(root, "docs/how-to/extend.md"), "utf8"))![1]!;
    // Inside the checkout, where Node finds its packages.
    mkdirSync(path.join(root, ".liftlock"), { recursive: true });
    const project = mkdtempSync(path.join(root, ".liftlock", "extend-"));
    try {
      for (const part of ["components", "index.ts", "Pulumi.yaml", "Pulumi.development.yaml"]) {
        cpSync(path.join(root, part), path.join(project, part), { recursive: true });
      }
      writeFileSync(path.join(project, "extend.ts"), example);
      const { exitCode, stdout, stderr } = await cli(["render", "development", "--json", "--stack-dir", project]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "embedded engine · offline, secrets redacted" });
      expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ kind: "ConfigMap", data: { text: "development" } }));
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  });
  test("is the same from any folder", async () => {
    const here = await cli("render development --json", { cwd: path.join(root, "tests") });
    expect(here.exitCode).toBe(0);
    expect(JSON.parse(here.stdout)).toEqual(
      JSON.parse((await cli(["render", "development", "--json", "--stack-dir", root], { cwd: outside })).stdout),
    );
  });
});

describe("settings that are wrong", () => {
  test("up says all that is wrong before it starts anything", async () => {
    const dir = path.join(outside, "wrong");
    mkdirSync(dir, { recursive: true });
    for (const file of ["Pulumi.yaml", "Pulumi.development.yaml"]) cpSync(path.join(root, file), path.join(dir, file));
    const stackFile = path.join(dir, "Pulumi.development.yaml");
    const settings = readFileSync(stackFile, "utf8");
    writeFileSync(stackFile, settings.replace("LOG_LEVEL: debug", "LOG_LEVEL: loud").replace(/host: .*/, "host: https://dev"));
    // An empty cache: were the control plane started, it would have to be built first.
    const { exitCode, stdout, stderr } = await cli("up development --local", {
      cwd: dir,
      env: { LIFTLOCK_CACHE: path.join(dir, "cache") },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(
      /^error: Pulumi\.development\.yaml is not valid:\n {2}environment\.host: must be a host name.*\n {2}environment\.config\.web-config\.LOG_LEVEL: must be one of/,
    );
    expect(existsSync(path.join(dir, "cache"))).toBe(false);
    expect(existsSync(path.join(dir, ".liftlock/cluster"))).toBe(false);
  });
});
