import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));

let dir = "";
let checkout = "";
let bin = "";
let env: Record<string, string> = {};

// A checkout whose command says how it was called, and a machine whose npm installs nothing but Node.js.
beforeEach(() => {
  dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "liftlock wrapper ")));
  checkout = path.join(dir, "my checkout");
  for (const part of ["liftlock", "local/install", "local/cluster/builder", "local/cluster/modules"]) {
    cpSync(path.join(repository, part), path.join(checkout, part), { recursive: true });
  }
  write("package.json", '{"type": "module"}');
  write("package-lock.json", "{}");
  write(
    "ops/cli.ts",
    `const asked: string[] = process.argv.slice(2);
     if (asked[0] === "wait") { process.on("SIGTERM", () => process.exit(7)); console.log("waiting"); setTimeout(() => {}, 60_000); }
     else { console.log(JSON.stringify({ cwd: process.cwd(), args: asked })); process.exitCode = 3; }`,
  );
  bin = path.join(dir, "bin");
  mkdirSync(bin);
  for (const tool of ["sh", "cat", "cksum", "dirname", "readlink", "chmod", "ln", "mkdir", "sleep"])
    symlinkSync(which(tool), path.join(bin, tool));
  symlinkSync(process.execPath, path.join(bin, "node"));
  program(
    "npm",
    `echo "$PWD $*" >> "${dir}/npm-calls"; sleep 0.2; mkdir -p node_modules/.bin; ln -sf "${process.execPath}" node_modules/.bin/node`,
  );
  env = { PATH: bin, HOME: path.join(dir, "empty home"), LIFTLOCK_CACHE: path.join(dir, "cache") };
  mkdirSync(env.HOME ?? "");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const which = (tool: string) => spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
const npmCalls = () =>
  existsSync(path.join(dir, "npm-calls")) ? readFileSync(path.join(dir, "npm-calls"), "utf8").trim().split("\n") : [];

function write(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
  writeFileSync(path.join(checkout, file), content);
}

function program(name: string, script: string): void {
  rmSync(path.join(bin, name), { force: true });
  writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, name), 0o755);
}

function run(args: string[], { command = path.join(checkout, "liftlock"), cwd = dir } = {}) {
  return spawnSync(command, args, { cwd, env, encoding: "utf8" });
}

describe("the wrapper script", () => {
  test("installs once, says so on stderr, and becomes the command: arguments, directory, exit code", () => {
    const first = run(["up", "a b", "--local=", "*"]);
    expect(first.stderr).toMatch(/installing its packages \(npm ci, once\).*packages installed in \d+ s/s);
    expect(JSON.parse(first.stdout)).toEqual({ cwd: dir, args: ["up", "a b", "--local=", "*"] });
    expect(first.status).toBe(3);
    expect(npmCalls()).toEqual([expect.stringMatching(/^.*my checkout ci /)]);
    expect(run([]).stderr).toBe("");
    expect(npmCalls()).toHaveLength(1);
  });

  test("installs again when package-lock.json has another content, not when it is only newer", () => {
    run([]);
    write("package-lock.json", "{}");
    run([]);
    expect(npmCalls()).toHaveLength(1);
    write("package-lock.json", '{"changed": true}');
    run([]);
    expect(npmCalls()).toHaveLength(2);
  });

  test("works through links, from another directory, and with HOME unset", () => {
    symlinkSync("my checkout/liftlock", path.join(dir, "relative"));
    symlinkSync(path.join(dir, "relative"), path.join(bin, "lift"));
    delete env.HOME;
    const { stdout, status } = run(["x"], { command: "lift", cwd: os.tmpdir() });
    expect([JSON.parse(stdout).args, status]).toEqual([["x"], 3]);
  });

  test("two at once install once", async () => {
    const start = () => {
      const child = spawn(path.join(checkout, "liftlock"), [], { env, stdio: "ignore" });
      return new Promise((resolve) => child.on("close", resolve));
    };
    expect(await Promise.all([start(), start()])).toEqual([3, 3]);
    expect(npmCalls()).toHaveLength(1);
  });

  test("an installation that fails shows npm's own words, ends with 1, and is tried again next time", () => {
    program("npm", `mkdir -p node_modules; echo "npm error network unreachable" >&2; exit 7`);
    for (let attempt = 0; attempt < 2; attempt++) {
      const { stderr, stdout, status } = run(["up"]);
      expect(stderr).toContain("npm error network unreachable");
      expect([stdout, status]).toEqual(["", 1]);
    }
  });

  test("passes signals on: it is the command", async () => {
    run([]);
    const child = spawn(path.join(checkout, "liftlock"), ["wait"], { env, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(7);
  });

  test.each([
    ["no Node.js", () => rmSync(path.join(bin, "node")), /Node\.js is not installed.*\n.*Install Node\.js 20 or newer/],
    [
      "an old Node.js",
      () => program("node", 'case "$1" in -p) echo 18 ;; *) echo v18.20.0 ;; esac'),
      /20 or newer is needed; found v18\.20\.0/,
    ],
    ["no npm", () => rmSync(path.join(bin, "npm")), /npm is not installed/],
  ])("%s: says what to do, ends with 1, and changes nothing", (_, breakIt, expected) => {
    breakIt();
    const { stderr, stdout, status } = run(["up"]);
    expect(stderr).toMatch(expected);
    expect([stdout, status]).toEqual(["", 1]);
    expect(existsSync(path.join(checkout, "node_modules"))).toBe(false);
  });

  test("where npm brings no Node.js that runs, the one on PATH must be new enough", () => {
    program("npm", "mkdir -p node_modules/.bin; echo 'not a program' > node_modules/.bin/node; chmod +x node_modules/.bin/node");
    expect(run(["x"]).status).toBe(3); // this test's own Node.js is new enough
    program("node", 'case "$1" in -p) echo 22 ;; *) echo v22.0.0 ;; esac');
    const { stderr, status } = run(["x"]);
    expect(stderr).toContain("Install Node.js 24 or newer");
    expect(status).toBe(1);
  });

  test("begins to build the control plane only for a command that needs it", () => {
    program("go", `echo "$1" >> "${dir}/go-calls"; [ "$1" = version ] || exit 1`);
    const { stderr } = run(["preview", "development", "--local"]);
    expect(stderr).not.toContain("building");
    expect(existsSync(path.join(dir, "go-calls"))).toBe(false);
    rmSync(path.join(checkout, "node_modules"), { recursive: true });
    expect(run(["up", "development", "--local"]).stderr).toContain("building the local control plane meanwhile");
    expect(readFileSync(path.join(dir, "go-calls"), "utf8")).toContain("version");
  });
});
