import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { stringify } from "yaml";

/** The program, beside us: its source in a checkout, compiled in the package. */
const PROGRAM = path.join(import.meta.dirname, `../../index${path.extname(import.meta.filename)}`);
/** Where npm put what the program needs: in the package that is not its own folder. */
const MODULES = path.resolve(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"), "../../..");
const NAME = "harbour";
export const STACKS = ["development", "staging", "production"] as const;

export interface DemoProgram {
  readonly dir: string;
  readonly namespaces: readonly string[];
}

/**
 * A small application of two services in a temporary folder: the program of this checkout with settings of its own, namespaces that no
 * other demo uses, and gates before production. Tracked files are only read.
 */
export function writeProgram(): DemoProgram {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-demo-"));
  const id = path
    .basename(dir)
    .slice("liftlock-demo-".length)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "x");
  const namespaceOf = (stack: string) => `${NAME}-${stack}-demo-${id}`;
  const write = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
  write("package.json", '{ "type": "module" }\n');
  write("index.ts", `export { default } from ${JSON.stringify(path.relative(dir, PROGRAM))};\n`);
  write(".gitignore", ".liftlock/\nnode_modules\nhome/\n");
  symlinkSync(MODULES, path.join(dir, "node_modules"));
  mkdirSync(path.join(dir, "home"));
  const project = {
    name: NAME,
    runtime: { name: "nodejs", options: { typescript: false } },
    config: { application: { value: application } },
  };
  write("Pulumi.yaml", stringify(project));
  for (const [level, stack] of STACKS.entries()) {
    const settings = { config: { [`${NAME}:environment`]: environment(stack, namespaceOf(stack), level + 1) } };
    write(`Pulumi.${stack}.yaml`, stringify(settings));
  }
  return { dir, namespaces: STACKS.map(namespaceOf) };
}

/** No release rolls out as quickly as this one: a demo is looked at, not relied on. */
const service = (name: string) => ({ name, kind: "web", image: `registry.example.com/${NAME}/${name}`, settle: "1s", progress: "30s" });
const tool = `registry.example.com/tools/curl:8@sha256:${"e".repeat(64)}`;

const application = {
  name: NAME,
  services: [service("web"), { ...service("api"), config: ["api"] }],
  config: { api: { keys: { GREETING: {} } } },
  smoke: { image: tool, checks: [{ service: "api", path: "/" }] },
  promotion: {
    path: [...STACKS],
    roles: { "product-owner": { people: ["bea@example.com"] } },
    gates: {
      production: {
        approvals: [{ roles: ["product-owner"] }],
        checks: [{ name: "load-test", in: "staging", evidence: true, description: "staging holds the traffic of a Monday morning" }],
      },
    },
  },
};

const environment = (stack: string, namespace: string, replicas: number) => ({
  namespace,
  host: `${namespace}.example.com`,
  cluster: { identifier: "demo", version: "1.36" },
  gateway: { name: "public", namespace: "gateway" },
  protect: false,
  defaults: { replicas: { min: replicas, max: replicas + 1 } },
  config: { api: { GREETING: `hello from ${stack}` } },
});
