import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliFailure, findCli } from "../../ops/pulumi/cli.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "liftlock-cli-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program that answers as the script says. */
function program(script: string, name = "pulumi"): string {
  const file = path.join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
/** What is found then. */
function given(script: string, more: object): object {
  program(script);
  return more;
}
const find = (more: object = {}) => findCli({ env: { PATH: `${dir}:/usr/bin:/bin` }, cwd: dir, ...more });

test("found on PATH, by PULUMI_COMMAND, and by --pulumi, in rising order", async () => {
  program("echo v3.260.0");
  program("echo v3.261.0", "second");
  program("echo v3.262.0", "third");
  expect((await find()).version.version).toBe("3.260.0");
  const env = { PATH: `${dir}:/usr/bin:/bin`, PULUMI_COMMAND: "second" };
  expect((await find({ env })).version.version).toBe("3.261.0");
  expect((await find({ env, given: "./third" })).version.version).toBe("3.262.0");
});

test.each<[string, () => object, string]>([
  ["there is none", () => ({}), "There is no `pulumi` on PATH"],
  ["--pulumi names none", () => ({ given: "./pulumi" }), "--pulumi names ./pulumi, which is no program"],
  ["PULUMI_COMMAND names none", () => ({ env: { PATH: "/bin", PULUMI_COMMAND: "nothing" } }), "PULUMI_COMMAND names nothing"],
  ["it is too old", () => given("echo v3.205.0", {}), "is Pulumi 3.205.0; liftlock needs 3.206.0 or newer"],
  ["Pulumi.yaml asks for a newer one", () => given("echo v3.260.0", { required: ">=3.300.0" }), "Pulumi.yaml asks for >=3.300.0"],
  ["it is something else", () => given("echo hello", {}), 'it printed "hello"'],
  ["it does not run", () => given("echo broken >&2; exit 3", {}), "does not say its version: broken"],
])("%s: one clear error with the ways to install it, exit code 2", async (_, prepare, words) => {
  const failed = find(prepare());
  await expect(failed).rejects.toMatchObject({ name: "UserError", exitCode: 2 });
  const { message } = (await failed.catch((error: unknown) => error)) as Error;
  expect(message).toContain(words);
  for (const way of ["get.pulumi.com", "brew install", "winget install", "choco install", "/docs/install/", "--local"])
    expect(message).toContain(way);
});

test("a failing command keeps its code and both of its outputs", async () => {
  program('[ "$1" = version ] && echo v3.260.0 && exit; echo out; echo err >&2; exit 7');
  const failure = (await (await find()).run(["up"], dir).catch((error: unknown) => error)) as CliFailure;
  expect(failure).toMatchObject({ name: "CliFailure", code: 7, stdout: "out\n", stderr: "err\n", args: ["up", "--non-interactive"] });
});

test("an interrupt reaches the command once, and only it: it runs in a process group of its own", async () => {
  program(`[ "$1" = version ] && echo v3.260.0 && exit
trap 'echo interrupted; exit 1' INT
echo "group $(ps -o pgid= -p $$ | tr -d ' ') of $$"
i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done`);
  const cli = await find();
  const stop = new AbortController();
  const failure = (await cli
    .run(["up"], dir, {}, () => stop.abort(), undefined, stop.signal)
    .catch((error: unknown) => error)) as CliFailure;
  expect(failure.code).toBe(1);
  expect(failure.stdout.match(/interrupted/g)).toHaveLength(1);
  const [, group, own] = /group (\d+) of (\d+)/.exec(failure.stdout)!;
  expect(group).toBe(own);
});
