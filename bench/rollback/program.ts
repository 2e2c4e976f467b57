import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { imageOf, SERVICES } from "./manifests.ts";
import { run } from "./tools.ts";

const ROOT = path.join(import.meta.dirname, "../..");

/** The two services as an environment of this product, with its defaults. */
export function writeProgram(parent: string, namespace: string, kubeconfig: string) {
  const dir = path.join(parent, "program");
  mkdirSync(path.join(dir, "home"), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
  write("package.json", '{ "type": "module" }\n');
  write("index.ts", `export { default } from ${JSON.stringify(path.relative(dir, path.join(ROOT, "index.ts")))};\n`);
  symlinkSync(path.join(ROOT, "node_modules"), path.join(dir, "node_modules"));
  execFileSync("git", ["init", "-q", dir]);
  const application = {
    name: "bench",
    services: SERVICES.map((name) => ({ name, kind: "web", image: `registry.example.com/bench/${name}` })),
    promotion: { path: ["bench"] },
  };
  write(
    "Pulumi.yaml",
    stringify({
      name: "bench",
      runtime: { name: "nodejs", options: { typescript: false } },
      config: { application: { value: application } },
    }),
  );
  const environment = {
    namespace,
    host: "bench.example.com",
    cluster: { identifier: "bench", version: "1.36" },
    gateway: { name: "public", namespace: "gateway" },
    protect: false,
    defaults: { replicas: { min: 2, max: 3 } },
  };
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const context = config.getCurrentContext();
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    HOME: path.join(dir, "home"),
    GIT_AUTHOR_NAME: "bench",
    GIT_AUTHOR_EMAIL: "bench@example.com",
    GIT_COMMITTER_NAME: "bench",
    GIT_COMMITTER_EMAIL: "bench@example.com",
  };
  const args = ["up", "bench", "--local", "--stack-dir", dir, "--context", context, "--confirm-context", context];
  return {
    async up(version: string, cap: number): Promise<void> {
      const images = Object.fromEntries(SERVICES.map((name) => [name, imageOf(name, version)]));
      const release = { version, commit: version.replaceAll(/\D/g, "").padEnd(40, "a"), images };
      write("Pulumi.bench.yaml", stringify({ config: { "bench:environment": environment, "bench:release": release } }));
      await run(process.execPath, [path.join(ROOT, "ops/cli.ts"), ...args], env, cap);
    },
  };
}
