// Builds the programs of the local control plane from Go modules into the cache, once for each version set.
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { BuildError, checkGo, go } from "./go.js";
import { withLock } from "./lock.js";
import { buildFlags, cacheRoot, findBuild, markUsed, pinnedVersions, programs, removeUnusedBuilds, versionKey } from "./versions.js";

/**
 * @typedef {object} Progress
 * @property {"build"} phase
 * @property {string} message
 * @property {number} [done]    packages
 * @property {number} [total]
 * @typedef {import("./versions.js").Manifest} Manifest
 */

/** Build cache 2.9 GB and binaries 0.45 GB (measured with Go 1.26, linux/amd64), and some room. */
const neededBytes = 4e9;

/**
 * The directory with the programs: found in the cache, or built into it. Resumes a build that was interrupted; waits for one that is under way elsewhere,
 * and passes on its progress. Rejects with a BuildError (no Go, no space, no network), or with the signal's reason.
 * @param {{ onProgress?: (progress: Progress) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<{ dir: string, manifest: Manifest, builtNow: boolean }>}
 */
export async function ensureBuild({ onProgress = () => {}, signal } = {}) {
  const found = findBuild();
  if (found) {
    markUsed(found.dir);
    return { ...found, builtNow: false };
  }
  const work = path.join(cacheRoot(), `.building-${versionKey()}`);
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const shared = path.join(work, "progress.json");
  return withLock(
    path.join(cacheRoot(), `.building-${versionKey()}.lock`),
    "builds the local control plane",
    async () => {
      const finished = findBuild(); // by the one we waited for
      if (finished) return { ...finished, builtNow: true };
      const report = throttled(shared, onProgress);
      return { ...(await build(work, report, signal)), builtNow: true };
    },
    { pollMilliseconds: 500, onWait: () => onProgress(readProgress(shared)), ...(signal && { signal }) },
  );
}

/**
 * @param {string} work
 * @param {(progress: Progress) => void} report
 * @param {AbortSignal} [signal]
 */
async function build(work, report, signal) {
  const aborting = signal ? { signal } : {};
  const versions = pinnedVersions();
  report({ phase: "build", message: "looking for Go" });
  const goVersion = await checkGo(signal);
  checkSpace(work);

  const mains = Object.values(programs).map((program) => program.main);
  let downloads = 0;
  const onDownload = (/** @type {string} */ line) => {
    if (!line.startsWith("go: downloading")) return;
    downloads++;
    // Some two hundred: where there is no terminal, each message is a line.
    if (downloads === 1 || downloads % 25 === 0) report({ phase: "build", message: `downloading Go modules (${downloads})` });
  };
  report({ phase: "build", message: "resolving Go modules" });
  const temporary = path.join(work, "tmp");
  rmSync(temporary, { recursive: true, force: true }); // of a run that was ended
  mkdirSync(temporary);
  const env = { CGO_ENABLED: "0", GOCACHE: path.join(work, "gocache"), GOTMPDIR: temporary };
  const packages = (await go(["list", "-mod=readonly", "-deps", ...mains], { env, onLine: onDownload, ...aborting })).split("\n");

  // By a package of it: asked about the module alone (-m), Go does not fetch it.
  const gatewayApi = await go(["list", "-mod=readonly", "-f", "{{.Module.Dir}}", "sigs.k8s.io/gateway-api/apis/v1"], {
    env,
    onLine: onDownload,
    ...aborting,
  });

  // `go build -v` names each package that it compiles, and none that is already in its cache: what an interrupted run did is on record beside it.
  const record = path.join(work, "compiled");
  const compiled = new Set(existsSync(record) ? readFileSync(record, "utf8").split("\n") : []);
  const known = new Set(packages);
  const compiling = `compiling etcd ${versions.etcd}, Kubernetes ${versions.kubernetes} and kwok ${versions.kwok} (once, some minutes)`;
  const out = path.join(work, "out");
  mkdirSync(out, { recursive: true });
  await go(["build", "-v", ...buildFlags(versions), "-o", `${out}/`, ...mains], {
    env,
    onLine: (line) => {
      if (!known.has(line)) return;
      compiled.add(line);
      appendFileSync(record, `${line}\n`);
      // Another message at each tenth: where only new messages are shown (no terminal), that is the sign of life.
      const tenths = Math.floor((10 * compiled.size) / packages.length);
      const message = tenths > 0 ? `${compiling}, ${tenths}0 %` : compiling;
      report({ phase: "build", message, done: compiled.size, total: packages.length });
    },
    ...aborting,
  });
  report({ phase: "build", message: "keeping the programs, removing the build cache" });
  return finish(work, out, gatewayApi, { versions, go: goVersion, builtAt: new Date().toISOString(), files: {} });
}

/**
 * Puts programs and manifests in order and moves them to their place in one step, then removes what the build left.
 * @param {string} work
 * @param {string} out
 * @param {string} gatewayApi   directory of its module
 * @param {Manifest} manifest
 */
function finish(work, out, gatewayApi, manifest) {
  for (const [name, program] of Object.entries(programs)) {
    if (program.builtAs !== name) renameSync(path.join(out, program.builtAs), path.join(out, name));
  }
  const standard = path.join(gatewayApi, "config", "crd", "standard");
  mkdirSync(path.join(out, "gateway-api"), { recursive: true });
  for (const name of readdirSync(standard).filter((name) => /^gateway\.networking\.k8s\.io_[a-z]+\.yaml$/.test(name))) {
    copyFileSync(path.join(standard, name), path.join(out, "gateway-api", name));
    chmodSync(path.join(out, "gateway-api", name), 0o644); // the module cache is read-only
  }
  for (const entry of readdirSync(out, { recursive: true, encoding: "utf8" }).sort()) {
    const stats = statSync(path.join(out, entry));
    if (stats.isFile()) manifest.files[entry] = stats.size;
  }
  writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const dir = path.join(cacheRoot(), versionKey());
  rmSync(dir, { recursive: true, force: true }); // only ever a damaged one
  renameSync(out, dir);
  rmSync(work, { recursive: true, force: true });
  removeUnusedBuilds();
  return { dir, manifest };
}

/** @param {string} dir */
function checkSpace(dir) {
  if (existsSync(path.join(dir, "gocache"))) return; // resumed: most of it is there already
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize >= neededBytes) return;
  const free = (bavail * bsize) / 1e9;
  throw new BuildError(
    `Building the local control plane needs about ${neededBytes / 1e9} GB in ${cacheRoot()} (0.45 GB stay); ${free.toFixed(1)} GB are free.\n` +
      "Make room, or set LIFTLOCK_CACHE to a directory on another disk.",
  );
}

/**
 * Reports at most four times a second, and leaves each report where a process that waits for this build reads it.
 * @param {string} file
 * @param {(progress: Progress) => void} onProgress
 * @returns {(progress: Progress) => void}
 */
function throttled(file, onProgress) {
  let last = 0;
  let lastMessage = "";
  return (progress) => {
    if (progress.message === lastMessage && Date.now() - last < 250) return;
    last = Date.now();
    lastMessage = progress.message;
    writeFileSync(`${file}.new`, JSON.stringify(progress));
    renameSync(`${file}.new`, file);
    onProgress(progress);
  };
}

/**
 * @param {string} file
 * @returns {Progress}
 */
function readProgress(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { phase: "build", message: "waiting for a build that is under way" };
  }
}
