// What the local control plane is built from, and where the result is kept.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const modulesDir = fileURLToPath(new URL("../modules", import.meta.url));

/** Main package of each program, and the name that it has in the cache. `go build -o DIR/` names a program after its path's last part. */
export const programs = /** @type {const} */ ({
  etcd: { main: "go.etcd.io/etcd/server/v3", builtAs: "server" },
  "kube-apiserver": { main: "k8s.io/kubernetes/cmd/kube-apiserver", builtAs: "kube-apiserver" },
  "kube-controller-manager": { main: "k8s.io/kubernetes/cmd/kube-controller-manager", builtAs: "kube-controller-manager" },
  "kube-scheduler": { main: "k8s.io/kubernetes/cmd/kube-scheduler", builtAs: "kube-scheduler" },
  kwok: { main: "sigs.k8s.io/kwok/cmd/kwok", builtAs: "kwok" },
});

/**
 * @typedef {keyof typeof programs} ProgramName
 * @typedef {{ kubernetes: string, etcd: string, kwok: string, gatewayApi: string }} Versions   each as its module has it: "v1.36.3"
 * @typedef {object} Manifest
 * @property {Versions} versions
 * @property {string} go               the Go that built it: "go1.26.8"
 * @property {string} builtAt          ISO 8601
 * @property {Record<string, number>} files   size in bytes of each file, by its path inside the directory
 */

/** @returns {Versions} */
export function pinnedVersions() {
  const goMod = readFileSync(path.join(modulesDir, "go.mod"), "utf8");
  /** @param {string} module */
  const version = (module) => {
    const found = new RegExp(`^(?:require )?\\s*${module.replaceAll(".", "\\.")} (v\\S+)`, "m").exec(goMod)?.[1];
    if (!found) throw new Error(`local/cluster/modules/go.mod pins no version of ${module}`);
    return found;
  };
  return {
    kubernetes: version("k8s.io/kubernetes"),
    etcd: version("go.etcd.io/etcd/server/v3"),
    kwok: version("sigs.k8s.io/kwok"),
    gatewayApi: version("sigs.k8s.io/gateway-api"),
  };
}

/** The oldest Go that the modules build with: "1.26.0". */
export function neededGo() {
  return String(/^go (\S+)$/m.exec(readFileSync(path.join(modulesDir, "go.mod"), "utf8"))?.[1]);
}

/**
 * Flags of the one `go build`. Optimised: without (-N -l) the build takes a fifth less time, and every start and every call twice as long. No debug
 * information: nobody would read it, and making it takes time.
 * @param {Versions} versions
 */
export function buildFlags(versions) {
  const [major, minor] = versions.kubernetes.slice(1).split(".");
  const version = "k8s.io/component-base/version";
  const set = { gitVersion: versions.kubernetes, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const stamped = Object.entries(set).map(([name, value]) => `-X ${version}.${name}=${value}`);
  return ["-mod=readonly", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false", `-ldflags=-s -w ${stamped.join(" ")}`];
}

/**
 * Names what is built: its modules (go.sum holds the checksum of every one), the flags, the machine. The version of Go is left out, so that Go is
 * not needed to find what is already built.
 */
export function versionKey() {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "manifests.go"]) hash.update(readFileSync(path.join(modulesDir, file))).update("\0");
  hash.update(JSON.stringify([buildFlags(pinnedVersions()), programs, process.platform, process.arch]));
  return `${pinnedVersions().kubernetes}-${hash.digest("hex").slice(0, 16)}`;
}

/** `$LIFTLOCK_CACHE`, else `$XDG_CACHE_HOME`, else `~/.cache`; then liftlock/control-plane. */
export function cacheRoot() {
  const base = process.env.LIFTLOCK_CACHE || process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  return path.join(path.resolve(base), "liftlock", "control-plane");
}

/**
 * Removes builds of other version sets that nothing used for a month (a start counts as use).
 */
export function removeUnusedBuilds() {
  for (const name of readdirSync(cacheRoot()).filter((entry) => entry.startsWith("v") && entry !== versionKey())) {
    const used = statSync(path.join(cacheRoot(), name, "manifest.json"), { throwIfNoEntry: false })?.mtimeMs;
    if (used !== undefined && Date.now() - used > 30 * 86_400_000) rmSync(path.join(cacheRoot(), name), { recursive: true, force: true });
  }
}

/** @param {string} dir  of a build that is about to be used */
export function markUsed(dir) {
  const now = new Date();
  try {
    utimesSync(path.join(dir, "manifest.json"), now, now);
  } catch {
    // a cache that another user made, to be read only
  }
}

/**
 * The finished build of this version set: undefined when there is none, or when a file of it is missing or has another size.
 * @returns {{ dir: string, manifest: Manifest } | undefined}
 */
export function findBuild() {
  const dir = path.join(cacheRoot(), versionKey());
  const file = path.join(dir, "manifest.json");
  if (!existsSync(file)) return undefined;
  try {
    /** @type {Manifest} */
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    const whole = Object.entries(manifest.files).every(([name, size]) => statSync(path.join(dir, name)).size === size);
    return whole ? { dir, manifest } : undefined;
  } catch {
    return undefined;
  }
}
