import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const parent = realpathSync(mkdtempSync(path.join(os.tmpdir(), "liftlock-package-")));
const project = path.join(parent, "shop");
const installed = path.join(project, "node_modules/liftlock");
const own = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { dependencies: Record<string, string>; version: string };

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LIFTLOCK_") && !name.startsWith("npm_")));
async function run(command: string, args: readonly string[], cwd = project): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(command, [...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
const liftlock = (...args: string[]) => run(path.join(project, "liftlock"), args);

let began: Awaited<ReturnType<typeof run>>;

// One project, made by `init`: it packs this checkout, installs the tarball beside its own packages, and ends with a preview.
beforeAll(async () => {
  const flags = ["--service", "api=ghcr.io/acme/api,path=/", "--database", "postgresql", "--environments", "staging,production"];
  began = await run(process.execPath, [path.join(root, "ops/cli.ts"), "init", project, ...flags], parent);
}, 600_000);
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test("a project outside the repository is made from the tarball, and previewed by the installed package", () => {
  expect(began.stderr).toBe("");
  expect(began.stdout).toMatch(/production: \d+ created/);
  expect(began.code).toBe(0);
  expect(JSON.parse(readFileSync(path.join(project, "package.json"), "utf8")).dependencies.liftlock).toMatch(
    /^file:vendor\/liftlock-.+\.tgz$/,
  );
});

test("the project's own command runs from the package, not from the checkout", async () => {
  expect((await liftlock("--version")).stdout.trim()).toBe(own.version);
  const { code, stdout, stderr } = await liftlock("render", "staging", "--yaml");
  expect([code, stderr.trim()]).toEqual([0, "embedded engine · offline, secrets redacted"]);
  expect(stdout).toContain("namespace: shop-staging");
  expect(stdout.match(/^kind: Deployment$/gm)).toHaveLength(1);
  const failed = await liftlock("preview", "nowhere", "--local");
  expect(failed.code).toBe(2);
  expect(failed.stderr).toMatch(/No stack "nowhere"/);
  expect((await liftlock("document", "--check")).code).toBe(0);
});

test("a change of the settings shows in the project's preview", async () => {
  const { code, stdout } = await liftlock("preview", "production", "--local", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).policy.findings).toEqual([]);
});

test("types lead from the project's program to the package", async () => {
  const flags = [
    "--noEmit",
    "--module",
    "nodenext",
    "--target",
    "es2024",
    "--strict",
    "--skipLibCheck",
    "--allowImportingTsExtensions",
    "--ignoreConfig",
  ];
  const args = [path.join(root, "node_modules/typescript/bin/tsc"), ...flags, "index.ts", "extend.ts"];
  expect((await run(process.execPath, args)).stdout).toBe("");
  const wrong = "const extend: import('liftlock/components/extension').Extension = () => 5; export { extend };";
  const checked = await run(process.execPath, ["-e", `require("fs").writeFileSync("wrong.ts", ${JSON.stringify(wrong)})`]);
  expect(checked.code).toBe(0);
  expect((await run(process.execPath, [...args.slice(0, -2), "wrong.ts"])).stdout).toMatch(/wrong\.ts.*not assignable/);
});

const files = () => readdirSync(installed, { recursive: true, encoding: "utf8" }).filter((file) => !file.startsWith("node_modules"));

test("the package holds compiled JavaScript and what it reads, and no tests, docs or sources", () => {
  const all = files();
  expect(all.filter((file) => /\.(m|c)?tsx?$/.test(file) && !/\.d\.(m|c)?ts$/.test(file))).toEqual([]);
  expect(all.filter((file) => /^(tests|docs|bench|examples|local|ops|components|\.ci|\.github)(\/|$)/.test(file))).toEqual([]);
  for (const file of [
    "dist/ops/bin.js",
    "dist/ops/page/assets/page.css",
    "dist/local/cluster/modules/go.sum",
    "dist/local/cluster/definitions/go.mod",
    "dist/local/engine/host/end-with-host.js",
    "dist/local/engine/host/lazy-sdk.cjs",
    "dist/examples/life-os/Pulumi.yaml",
    "dist/index.d.ts",
    "schemas/stack.schema.json",
    "LICENSE",
  ])
    expect(all, file).toContain(file);
});

test("everything that the package imports is declared by it", () => {
  const undeclared = new Set<string>();
  for (const file of files().filter((name) => name.endsWith(".js"))) {
    for (const { fileName } of ts.preProcessFile(readFileSync(path.join(installed, file), "utf8"), true, true).importedFiles) {
      if (/^(\.|node:)/.test(fileName) || builtinModules.includes(fileName)) continue;
      const name = fileName.startsWith("@") ? fileName.split("/").slice(0, 2).join("/") : fileName.split("/")[0]!;
      if (!Object.hasOwn(own.dependencies, name)) undeclared.add(`${file} -> ${name}`);
    }
  }
  expect([...undeclared]).toEqual([]);
});
