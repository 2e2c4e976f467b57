import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import analyzer from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { RULES } from "../../policy/rules/index.ts";

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

test("what was installed from a tarball makes the next project from it, too: no registry has it", async () => {
  const next = path.join(parent, "next");
  expect(await liftlock("init", next, "--no-install", "--environments", "production")).toMatchObject({ code: 0, stderr: "" });
  const { dependencies } = JSON.parse(readFileSync(path.join(next, "package.json"), "utf8"));
  expect(dependencies.liftlock).toBe(`file:vendor/liftlock-${own.version}.tgz`);
  const list = async (at: string) =>
    (await run("tar", ["-tzf", path.join(at, "vendor", `liftlock-${own.version}.tgz`)])).stdout.split("\n").sort();
  expect(await list(next)).toEqual(await list(project));
});

test("the project's own command installs what is missing, with a lock file or before there is one", async () => {
  const wrapper = readFileSync(path.join(project, "liftlock"), "utf8");
  for (const [lock, command] of [
    [undefined, "install"],
    ["{}", "ci"],
  ] as const) {
    const dir = mkdtempSync(path.join(parent, "bare-"));
    writeFileSync(path.join(dir, "liftlock"), wrapper, { mode: 0o755 });
    if (lock !== undefined) writeFileSync(path.join(dir, "package-lock.json"), lock);
    // An npm that says what it was asked for.
    writeFileSync(path.join(dir, "npm"), '#!/bin/sh\necho "npm $1 in $PWD"\nexit 7\n', { mode: 0o755 });
    const asked = await run("env", [`PATH=${dir}:${env.PATH}`, path.join(dir, "liftlock"), "--version"]);
    expect(asked).toMatchObject({ code: 7, stderr: `liftlock: installing its packages (once) ...\nnpm ${command} in ${dir}\n` });
  }
});

/** A Service with an address of its own on the internet, which no environment may have. */
const publicService = `import * as k8s from "@pulumi/kubernetes";
import type { Extension } from "liftlock/components/extension";
export const extend: Extension = ({ namespace, options }) => {
  new k8s.core.v1.Service("open", { metadata: { namespace, name: "open" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } }, options);
  return {};
};
`;

test("the rules that no environment may break come with the package: a preview holds to them, and says what mends a finding", async () => {
  const own = readFileSync(path.join(project, "extend.ts"), "utf8");
  writeFileSync(path.join(project, "extend.ts"), publicService);
  const { code, stdout } = await liftlock("preview", "production", "--local", "--json");
  writeFileSync(path.join(project, "extend.ts"), own);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).policy.findings).toEqual([expect.objectContaining({ rule: "no-public-access", resource: "Service open" })]);
});

test("the package's folder is a policy pack for the Pulumi CLI, and holds to the exemptions of the project that it is installed in", async () => {
  const cwd = path.join(installed, "dist/policy");
  expect(parse(readFileSync(path.join(cwd, "PulumiPolicy.yaml"), "utf8"))).toMatchObject({ runtime: "nodejs" });
  const before = await analyzed(cwd, "LoadBalancer");
  expect(before.rules).toEqual(RULES.map(({ name }) => name));
  expect(before.said).toEqual([expect.stringMatching(/^no-public-access: /)]);
  const file = path.join(project, "Pulumi.yaml");
  const text = readFileSync(file, "utf8");
  const settings = parse(text);
  settings.config.application.value.policy = {
    exemptions: [{ rule: "no-public-access", resource: "Service open", reason: "for a test", expires: "2999-12-31" }],
  };
  writeFileSync(file, stringify(settings));
  const after = await analyzed(cwd, "LoadBalancer");
  writeFileSync(file, text);
  expect(after.said).toEqual([]);
});

/** What the pack says of a Service of this type, run as the Pulumi CLI runs it: a process that prints its port and speaks the Analyzer protocol. */
async function analyzed(cwd: string, type: string): Promise<{ rules: string[]; said: string[] }> {
  const runner = path.join(project, "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
  const pack = spawn(process.execPath, [runner, "127.0.0.1:0", cwd], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  pack.stderr.on("data", (text) => {
    errors += text;
  });
  const ended = once(pack, "exit").then(() => {
    throw new Error(`the pack ended: ${errors}`);
  });
  const lines = createInterface({ input: pack.stdout });
  const [port] = (await Promise.race([once(lines, "line"), ended])) as string[];
  // biome-ignore lint/suspicious/noExplicitAny: the generated client has no types
  const client: any = new analyzer.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  // biome-ignore lint/suspicious/noExplicitAny: protobuf messages of the SDK
  const call = (method: string, request: unknown): Promise<any> =>
    new Promise((resolve, reject) =>
      client[method](request, (error: Error | null, reply: unknown) => (error ? reject(error) : resolve(reply))),
    );
  try {
    const about = await call("getAnalyzerInfo", new empty.Empty());
    const request = new messages.AnalyzeRequest();
    request.setUrn("urn:pulumi:production::shop::kubernetes:core/v1:Service::open");
    request.setType("kubernetes:core/v1:Service");
    request.setName("open");
    request.setProperties(
      struct.Struct.fromJavaScript({ apiVersion: "v1", kind: "Service", metadata: { name: "open", namespace: "shop" }, spec: { type } }),
    );
    request.setOptions(new messages.AnalyzerResourceOptions());
    const reply = await call("analyze", request);
    // biome-ignore lint/suspicious/noExplicitAny: protobuf messages of the SDK
    const said = reply.getDiagnosticsList().map((found: any) => `${found.getPolicyname()}: ${found.getMessage()}`);
    // biome-ignore lint/suspicious/noExplicitAny: protobuf messages of the SDK
    return { rules: about.getPoliciesList().map((policy: any) => policy.getName()), said };
  } finally {
    client.close();
    ended.catch(() => {});
    pack.kill("SIGKILL");
  }
}

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
    "dist/policy/PulumiPolicy.yaml",
    "dist/policy/index.js",
    "LICENSE",
  ])
    expect(all, file).toContain(file);
});

test("the package is small, and tells nothing of the machine that it was made on", () => {
  const all = files().filter((file) => statSync(path.join(installed, file)).isFile());
  expect(all.filter((file) => file.endsWith(".map") || /\.test\.[dm]?[jt]s$/.test(file))).toEqual([]);
  const telling = all.filter((file) => {
    const text = readFileSync(path.join(installed, file), "utf8");
    return text.includes(root) || text.includes(os.homedir() + path.sep) || text.includes("sourceMappingURL=");
  });
  expect(telling).toEqual([]);
  // 1.1 MB by now; what doubles it came in by mistake.
  const packed = path.join(project, "vendor", `liftlock-${own.version}.tgz`);
  expect(statSync(packed).size).toBeLessThan(2 * 2 ** 20);
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
