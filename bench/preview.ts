import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments, stringify } from "yaml";
import { findTool } from "./rollback/tools.ts";

// `node bench/preview.ts [--runs N] [--json]`: how long a preview takes, beside programs that only write the same objects out, and beside the
// real Pulumi CLI where there is one. KUSTOMIZE, HELM, PULUMI: where they are, when not on PATH. CDK8S: a folder whose node_modules has cdk8s.
const run = promisify(execFile);
const repository = path.resolve(import.meta.dirname, "..");
const liftlock = path.join(repository, "liftlock");
const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1];
const runs = process.argv.includes("--runs") ? Number(argument("--runs")) : 3;
const STACKS = ["development", "staging", "production"];
const dir = mkdtempSync(path.join(tmpdir(), "liftlock-bench-"));

interface Row {
  readonly what: string;
  readonly with: string;
  /** Wall-clock seconds of the fastest run and of the middle one; left out with `missing`: why it was not measured. */
  readonly least?: number;
  readonly median?: number;
  readonly missing?: string;
}
type Command = readonly [command: string, ...args: string[]];

/** Commands of one run go side by side. The first run fills caches, and does not count. */
async function timed(what: string, version: string, commands: readonly Command[]): Promise<Row> {
  const seconds: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    await Promise.all(commands.map(([command, ...args]) => run(command, args, { maxBuffer: 1 << 28, cwd: repository })));
    if (i > 0) seconds.push((performance.now() - start) / 1000);
  }
  seconds.sort((a, b) => a - b);
  return { what, with: version, least: seconds[0]!, median: seconds[seconds.length >> 1]! };
}
const absent = (what: string, variable: string): Row => ({ what, with: "", missing: `not on PATH, and ${variable} names none` });

/** The objects of a stack, as everybody gets them. */
async function bundle(stack: string): Promise<Record<string, unknown>[]> {
  const { stdout } = await run(liftlock, ["render", stack, "--yaml"], { cwd: repository, maxBuffer: 1 << 28 });
  return parseAllDocuments(stdout).map((document) => document.toJS() as Record<string, unknown>);
}
const written = (at: string, text: string): string => {
  const file = path.join(dir, at);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const yamlOf = (objects: readonly object[]): string => objects.map((object) => `---\n${stringify(object)}`).join("");

try {
  const objects = new Map(await Promise.all(STACKS.map(async (stack) => [stack, await bundle(stack)] as const)));
  for (const [stack, all] of objects) {
    written(`kustomize/${stack}/objects.yaml`, yamlOf(all));
    written(`kustomize/${stack}/kustomization.yaml`, stringify({ resources: ["objects.yaml"], commonAnnotations: { environment: stack } }));
    written(`helm/${stack}/Chart.yaml`, stringify({ apiVersion: "v2", name: stack, version: "1.0.0" }));
    written(`helm/${stack}/values.yaml`, stringify({ environment: stack }));
    // What the objects hold in braces is no template of Helm's.
    all.forEach((object, i) => void written(`helm/${stack}/templates/${i}.yaml`, stringify(object).replaceAll("{{", '{{ "{{" }}')));
    written(`cdk8s/${stack}.json`, JSON.stringify(all));
  }
  const one = ["production"];
  const rows: Row[] = [];
  for (const [words, stacks] of [
    ["1 environment", one],
    ["3 environments", STACKS],
  ] as const) {
    rows.push(await timed(`liftlock preview, ${words}`, "this checkout", [[liftlock, "preview", ...stacks, "--local", "--json"]]));
    rows.push(
      await timed(`liftlock preview --base HEAD, ${words}`, "this checkout", [
        [liftlock, "preview", ...stacks, "--base", "HEAD", "--json"],
      ]),
    );
    rows.push(
      await timed(
        `liftlock render, ${words}`,
        "this checkout",
        stacks.map((stack) => [liftlock, "render", stack, "--yaml"] as const),
      ),
    );
    const kustomize = await findTool("kustomize", "KUSTOMIZE", ["version"]);
    rows.push(
      kustomize === undefined
        ? absent(`kustomize build, ${words}`, "KUSTOMIZE")
        : await timed(
            `kustomize build, ${words}`,
            kustomize.version,
            stacks.map((stack) => [kustomize.command, "build", path.join(dir, "kustomize", stack)] as const),
          ),
    );
    const helm = await findTool("helm", "HELM", ["version", "--short"]);
    rows.push(
      helm === undefined
        ? absent(`helm template, ${words}`, "HELM")
        : await timed(
            `helm template, ${words}`,
            helm.version,
            stacks.map((stack) => [helm.command, "template", stack, path.join(dir, "helm", stack)] as const),
          ),
    );
    rows.push(await cdk8s(`cdk8s synth, ${words}`, stacks));
    const pulumi = await findTool("pulumi", "PULUMI", ["version"]);
    rows.push(
      pulumi === undefined
        ? absent(`pulumi preview, ${words}`, "PULUMI")
        : await timed(
            `pulumi preview, ${words}`,
            pulumi.version,
            stacks.map((stack) => [pulumi.command, "preview", "--json", "--stack", stack] as const),
          ),
    );
  }
  const machine = `${availableParallelism()} CPUs, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`;
  const counted = Object.fromEntries([...objects].map(([stack, all]) => [stack, all.length]));
  if (process.argv.includes("--json"))
    console.log(JSON.stringify({ at: new Date().toISOString(), machine, objects: counted, runs, rows }, null, 2));
  else {
    console.log(`${machine}; objects: ${JSON.stringify(counted)}; ${runs} runs each after one that does not count`);
    console.log("| what | version | fastest | median |\n| --- | --- | --- | --- |");
    for (const { what, with: version, least, median, missing } of rows)
      console.log(
        `| ${what} | ${missing ?? version} | ${[least, median].map((s) => (s === undefined ? "" : `${s.toFixed(2)} s`)).join(" | ")} |`,
      );
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** What `cdk8s synth` runs: the app itself, without the command around it. It is handed finished objects, so no code of anybody's is measured. */
async function cdk8s(what: string, stacks: readonly string[]): Promise<Row> {
  const folder = process.env.CDK8S;
  if (folder === undefined) return { what, with: "", missing: "CDK8S names no folder that has it" };
  const { version } = createRequire(path.join(path.resolve(folder), "x.js"))("cdk8s/package.json") as { version: string };
  const packages = path.join(dir, "cdk8s/node_modules");
  rmSync(packages, { force: true });
  symlinkSync(path.resolve(folder, "node_modules"), packages);
  const app = written(
    "cdk8s/app.cjs",
    `const { App, ApiObject, Chart } = require("cdk8s");
const app = new App({ outdir: process.argv[2] });
for (const stack of process.argv.slice(3)) {
  const chart = new Chart(app, stack);
  require("./" + stack + ".json").forEach((object, i) => new ApiObject(chart, "o" + i, object));
}
app.synth();
`,
  );
  return timed(what, version, [[process.execPath, app, path.join(dir, "cdk8s/out"), ...stacks]]);
}
