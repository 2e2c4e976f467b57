// Custom resource definitions that come from Go modules of which nothing is built: fetched once, checked against go.sum, kept in the cache.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BuildError, checkGo, go } from "./go.js";
import { cacheRoot, versionKey } from "./versions.js";

export const definitionsDir = fileURLToPath(new URL("../definitions", import.meta.url));

/** @typedef {{ module: string, folder: string, files: string[] }} Source */

/** @type {readonly Source[]} */
const sources = [
  {
    module: "github.com/envoyproxy/gateway",
    folder: "charts/gateway-helm/charts/crds/crds/generated",
    // The policies that limit who uses a route, and how often; what the Gateway itself runs on.
    files: ["securitypolicies", "backendtrafficpolicies", "envoyproxies"].map((name) => `gateway.envoyproxy.io_${name}.yaml`),
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    folder: "example/prometheus-operator-crd",
    // What watches an environment: rules, what is read and asked, who is told.
    files: ["alertmanagerconfigs", "podmonitors", "probes", "prometheusrules"].map((name) => `monitoring.coreos.com_${name}.yaml`),
  },
  {
    module: "sigs.k8s.io/secrets-store-csi-driver",
    folder: "config/crd/bases",
    // What pods take from a vault.
    files: ["secrets-store.csi.x-k8s.io_secretproviderclasses.yaml"],
  },
];

/**
 * Definitions that somebody serves again under a group of their own and nothing else changed, as Azure Monitor's agent does:
 * https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-crd
 */
const copies = [{ file: "monitoring.coreos.com_podmonitors.yaml", group: "monitoring.coreos.com", as: "azmonitoring.coreos.com" }];

const read = (/** @type {string} */ file) => readFileSync(path.join(definitionsDir, file), "utf8");

/**
 * The version of a module whose definitions are taken: "v1.9.1".
 * @param {string} module
 */
export function definitionsVersion(module) {
  const version = new RegExp(`^require ${module} (v\\S+)$`, "m").exec(read("go.mod"))?.[1];
  if (!version) throw new Error(`local/cluster/definitions/go.mod pins no version of ${module}`);
  return version;
}

/** Names what a control plane is made of: its programs and these definitions. */
export function controlPlaneKey() {
  return `${versionKey()}/${definitionsKey()}`;
}

function definitionsKey() {
  const hash = createHash("sha256")
    .update(read("go.mod"))
    .update("\0")
    .update(read("go.sum"))
    .update(JSON.stringify([sources, copies]));
  return `definitions-${hash.digest("hex").slice(0, 12)}`;
}

/**
 * The directory with the definitions: found in the cache, or fetched into it. Rejects with a BuildError (no Go, no network, or a module that is not the one
 * that go.sum names), or with the signal's reason.
 * @param {{ onProgress?: (progress: { phase: "build", message: string }) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<string>}
 */
export async function ensureDefinitions({ onProgress = () => {}, signal } = {}) {
  const root = path.join(path.dirname(cacheRoot()), "definitions");
  const dir = path.join(root, definitionsKey());
  if (existsSync(dir)) return dir;
  await checkGo(signal);
  /** @type {string[]} */
  const fetched = [];
  for (const { module, folder, files } of sources) {
    onProgress({ phase: "build", message: `fetching the definitions of ${module} ${definitionsVersion(module)}` });
    const from = await download(module, signal);
    fetched.push(...files.map((file) => path.join(from, folder, file)));
  }
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const draft = mkdtempSync(path.join(root, ".fetching-"));
  try {
    for (const file of fetched) copyFileSync(file, path.join(draft, path.basename(file)));
    for (const { file, group, as } of copies) {
      const definition = readFileSync(path.join(draft, file), "utf8");
      const named = new RegExp(`^(  (?:name: \\w+\\.|group: ))${group.replaceAll(".", "\\.")}$`, "gm");
      writeFileSync(path.join(draft, file.replace(group, as)), definition.replace(named, `$1${as}`));
    }
    renameSync(draft, dir);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(dir)) throw error; // else another run was first
  }
  return dir;
}

/**
 * @param {string} module
 * @param {AbortSignal} [signal]
 */
async function download(module, signal) {
  const version = definitionsVersion(module);
  const answer = await go(["mod", "download", "-json", `${module}@${version}`], { cwd: definitionsDir, ...(signal && { signal }) });
  /** @type {{ Dir: string, Sum: string }} */
  const { Dir, Sum } = JSON.parse(answer);
  if (!read("go.sum").split("\n").includes(`${module} ${version} ${Sum}`)) {
    throw new BuildError(
      `${module} ${version} is not the module that local/cluster/definitions/go.sum names: what came has the checksum ${Sum}.`,
    );
  }
  return Dir;
}
