import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { controlPlaneKey, definitionsDir, definitionsVersion, ensureDefinitions } from "../../local/cluster/builder/definitions.js";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-definitions-"));
  vi.stubEnv("LIFTLOCK_CACHE", dir);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const modules = [
  "github.com/envoyproxy/gateway",
  "github.com/prometheus-operator/prometheus-operator",
  "sigs.k8s.io/secrets-store-csi-driver",
] as const;
const classes = ["secrets-store.csi.x-k8s.io_secretproviderclasses.yaml"];
const operators = ["alertmanagerconfigs", "podmonitors", "probes", "prometheusrules"].map((name) => `monitoring.coreos.com_${name}.yaml`);
const policies = ["backendtrafficpolicies", "envoyproxies", "securitypolicies"].map((name) => `gateway.envoyproxy.io_${name}.yaml`);

/** Read by Azure Monitor's agent under a group of its own. */
const azures = "azmonitoring.coreos.com_podmonitors.yaml";
/** What names the group, in a definition, and a value that happens to be one. */
const definition = (file: string): string => {
  const [group, plural] = file.replace(".yaml", "").split("_");
  return `metadata:\n  name: ${plural}.${group}\nspec:\n  group: ${group}\n  versions:\n    - enum: [monitoring.coreos.com]\n      group: ${group}\n`;
};

/** A `go` that has fetched the modules with these checksums. */
function fakeGo(sums: readonly string[]): void {
  const bin = path.join(dir, "bin");
  const module = path.join(dir, "module");
  mkdirSync(bin, { recursive: true });
  const write = (folder: string, files: string[]) => {
    mkdirSync(path.join(module, folder), { recursive: true });
    for (const file of files) writeFileSync(path.join(module, folder, file), definition(file));
  };
  write("charts/gateway-helm/charts/crds/crds/generated", [...policies, "gateway.envoyproxy.io_backends.yaml"]);
  write("example/prometheus-operator-crd", [...operators, "monitoring.coreos.com_prometheuses.yaml"]);
  write("config/crd/bases", [...classes, "secrets-store.csi.x-k8s.io_secretproviderclasspodstatuses.yaml"]);
  const answer = (sum: string) => `echo '{"Dir":"${module}","Sum":"${sum}"}'`;
  const script = `echo "$*" >> "${dir}/calls"
case "$*" in
  env*) echo go1.99.0 ;;
${modules.map((name, index) => `  *${name}@*) ${answer(sums[index]!)} ;;`).join("\n")}
esac`;
  writeFileSync(path.join(bin, "go"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, "go"), 0o755);
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
}
const goSum = readFileSync(path.join(definitionsDir, "go.sum"), "utf8");
const pinnedSums = (): string[] => modules.map((name) => new RegExp(`^${name} \\S+ (h1:\\S+)$`, "m").exec(goSum)![1]!);

test("the definitions are fetched once, and kept", async () => {
  fakeGo(pinnedSums());
  const messages: string[] = [];
  const found = await ensureDefinitions({ onProgress: ({ message }) => messages.push(message) });
  expect(readdirSync(found).sort()).toEqual([azures, ...policies, ...operators, ...classes].sort());
  expect(messages).toEqual(modules.map((name) => `fetching the definitions of ${name} ${definitionsVersion(name)}`));
  expect(controlPlaneKey().split("/")[1]).toBe(path.basename(found));
  vi.stubEnv("PATH", path.join(dir, "empty")); // Go is not needed any more
  expect(await ensureDefinitions()).toBe(found);
});

test("Azure Monitor's PodMonitor is the operator's in another group, and nothing else", async () => {
  fakeGo(pinnedSums());
  const text = readFileSync(path.join(await ensureDefinitions(), azures), "utf8");
  expect(text).toBe(
    `metadata:\n  name: podmonitors.azmonitoring.coreos.com\nspec:\n  group: azmonitoring.coreos.com\n  versions:\n    - enum: [monitoring.coreos.com]\n      group: monitoring.coreos.com\n`,
  );
});

test("two at once leave one directory", async () => {
  fakeGo(pinnedSums());
  const [one, two] = await Promise.all([ensureDefinitions(), ensureDefinitions()]);
  expect(one).toBe(two);
  expect(readdirSync(path.dirname(one))).toEqual([path.basename(one)]);
});

test.each([0, 1, 2])("another module than go.sum names is refused, and nothing is kept (%i)", async (index) => {
  fakeGo(pinnedSums().with(index, "h1:somethingElse="));
  await expect(ensureDefinitions()).rejects.toThrow("is not the module that local/cluster/definitions/go.sum names");
  expect(readdirSync(dir).sort()).toEqual(["bin", "calls", "module"]);
});
