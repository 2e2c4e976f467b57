// Installs the packages of this checkout with `npm ci`, once for each package-lock.json.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "../cluster/builder/lock.js";
import { findBuild } from "../cluster/builder/versions.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stamp = path.join(root, "node_modules", ".liftlock-installed");

/**
 * @param {{ say: (line: string) => void, buildWhile?: number }} options  buildWhile: also build the control plane, in the background, for as long as the
 *   process of this id lives
 * @returns {Promise<number>} exit code
 */
export async function install({ say, buildWhile }) {
  if (buildWhile !== undefined) startBuild(buildWhile, say);
  let waiting = false;
  return withLock(path.join(root, ".liftlock", "install.lock"), "installs packages", () => npmCi(say), {
    onWait: (owner) => {
      if (!waiting) say(`waiting for process ${owner.pid}, which ${owner.purpose} ...`);
      waiting = true;
    },
  });
}

/** @param {(line: string) => void} say */
async function npmCi(say) {
  const wanted = lockChecksum();
  if (existsSync(stamp) && readFileSync(stamp, "utf8").trim() === wanted) return 0; // by the one we waited for
  say("installing its packages (npm ci, once) ...");
  const started = Date.now();
  const { code, output } = await run("npm", ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0) {
    say(`npm ci failed:\n${output.trim()}`);
    say("mend that (is the network reachable?) and run the same command again.");
    return 1;
  }
  markInstalled(); // npm did so itself, unless it is set to run no scripts
  say(`packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
  return 0;
}

/** Says to the wrapper script that node_modules is of the present lock file; npm runs it after each installation of this checkout (`prepare`). */
export function markInstalled() {
  // A Node.js that npm brought, but that does not run here (another C library), must not be chosen by the wrapper.
  const bundled = path.join(root, "node_modules", ".bin", "node");
  if (existsSync(bundled) && spawnSync(bundled, ["--version"]).status !== 0) rmSync(bundled);
  writeFileSync(stamp, `${lockChecksum()}\n`);
}

/** The same as the wrapper script reads: POSIX cksum of the lock file. */
function lockChecksum() {
  return spawnSync("cksum", { input: readFileSync(path.join(root, "package-lock.json")), encoding: "utf8" }).stdout.trim();
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Not detached: Ctrl-C in the terminal ends it with everything else. The command that runs next waits for it and shows how far it is.
 * @param {number} whilePid
 * @param {(line: string) => void} say
 */
function startBuild(whilePid, say) {
  if (findBuild() || spawnSync("go", ["version"]).status !== 0) return; // without Go the command itself says what to do
  say("building the local control plane meanwhile (Go, once, some minutes) ...");
  const builder = fileURLToPath(new URL("../cluster/builder/main.js", import.meta.url));
  spawn(process.execPath, [builder, "--while", String(whilePid)], { cwd: root, stdio: "ignore" }).unref();
}
