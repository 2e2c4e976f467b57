import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { controlPlaneKey, definitionsDir, ensureDefinitions, envoyGatewayVersion } from "../../local/cluster/builder/definitions.js";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-definitions-"));
  vi.stubEnv("LIFTLOCK_CACHE", dir);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** A `go` that has fetched a module with this checksum. */
function fakeGo(sum: string): void {
  const bin = path.join(dir, "bin");
  const module = path.join(dir, "module");
  const generated = path.join(module, "charts/gateway-helm/charts/crds/crds/generated");
  mkdirSync(generated, { recursive: true });
  mkdirSync(bin, { recursive: true });
  for (const name of ["securitypolicies", "backendtrafficpolicies", "backends"])
    writeFileSync(path.join(generated, `gateway.envoyproxy.io_${name}.yaml`), name);
  const script = `echo "$*" >> "${dir}/calls"
case "$1" in env) echo go1.99.0 ;; mod) echo '{"Dir":"${module}","Sum":"${sum}"}' ;; esac`;
  writeFileSync(path.join(bin, "go"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, "go"), 0o755);
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
}
const pinnedSum = (): string => / (h1:\S+)\n/.exec(readFileSync(path.join(definitionsDir, "go.sum"), "utf8"))![1]!;

test("the two policies are fetched once, and kept", async () => {
  fakeGo(pinnedSum());
  const messages: string[] = [];
  const found = await ensureDefinitions({ onProgress: ({ message }) => messages.push(message) });
  expect(readdirSync(found).sort()).toEqual([
    "gateway.envoyproxy.io_backendtrafficpolicies.yaml",
    "gateway.envoyproxy.io_securitypolicies.yaml",
  ]);
  expect(messages).toEqual([`fetching the definitions of Envoy Gateway ${envoyGatewayVersion()}`]);
  expect(controlPlaneKey().split("/")[1]).toBe(path.basename(found));
  vi.stubEnv("PATH", path.join(dir, "empty")); // Go is not needed any more
  expect(await ensureDefinitions()).toBe(found);
});

test("two at once leave one directory", async () => {
  fakeGo(pinnedSum());
  const [one, two] = await Promise.all([ensureDefinitions(), ensureDefinitions()]);
  expect(one).toBe(two);
  expect(readdirSync(path.dirname(one))).toEqual([path.basename(one)]);
});

test("another module than go.sum names is refused, and nothing is kept", async () => {
  fakeGo("h1:somethingElse=");
  await expect(ensureDefinitions()).rejects.toThrow("is not the module that local/cluster/definitions/go.sum names");
  expect(readdirSync(dir).sort()).toEqual(["bin", "calls", "module"]);
});
