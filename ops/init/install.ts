import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { UserError } from "../user-error.ts";
import { packageFile } from "./files.ts";

type Env = Readonly<Record<string, string | undefined>>;
const run = promisify(execFile);

/** A checkout is no package yet: what a project of its own is to use has to be packed first. */
const fromCheckout = import.meta.filename.endsWith(".ts");

export interface Dependency {
  /** What stands in the project's package.json. */
  readonly spec: string;
  /** Puts what `spec` names in its place. */
  prepare(dir: string, env: Env): Promise<void>;
}

/** Where npm gets liftlock from: what `given` says, this version of it, or, where no registry has that, a tarball that the project keeps. */
export function dependencyOn(given: string | undefined): Dependency {
  if (given !== undefined) return { spec: given, prepare: async () => {} };
  const { version } = JSON.parse(readFileSync(packageFile(), "utf8")) as { version: string };
  if (!fromCheckout && !isFromFile()) return { spec: version, prepare: async () => {} };
  const file = `vendor/liftlock-${version}.tgz`;
  return { spec: `file:${file}`, prepare: (dir, env) => pack(path.join(dir, file), env) };
}

/** Was this very package installed from a tarball? npm notes for each folder of packages what it put there. */
function isFromFile(): boolean {
  const noted = path.join(path.dirname(fileURLToPath(packageFile())), "../.package-lock.json");
  if (!existsSync(noted)) return false;
  const { packages = {} } = JSON.parse(readFileSync(noted, "utf8")) as { packages?: Record<string, { resolved?: string }> };
  return packages["node_modules/liftlock"]?.resolved?.startsWith("file:") === true;
}

async function pack(target: string, env: Env): Promise<void> {
  const folder = path.dirname(target);
  mkdirSync(folder, { recursive: true });
  // An installed package is built, and has nothing left that could build it.
  const asItIs = fromCheckout ? [] : ["--ignore-scripts"];
  const where = path.dirname(fileURLToPath(packageFile()));
  const { stdout } = await npm(["pack", "--json", ...asItIs, "--pack-destination", folder], where, env);
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as { filename: string }[];
  renameSync(path.join(folder, packed!.filename), target);
}

/** Installs the project's packages; git must know the lock file that it makes. `otherwise`: what to do where npm cannot. */
export const install = (dir: string, env: Env, otherwise: string): Promise<unknown> =>
  npm(["install", "--no-audit", "--no-fund", "--prefer-offline"], dir, env).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(`${error.message}\n${otherwise}`) : error;
  });

async function npm(args: readonly string[], cwd: string, env: Env): Promise<{ stdout: string }> {
  // npm chooses versions by the Node that runs it: ours, not an older one that stands first on PATH.
  const PATH = [path.dirname(process.execPath), env.PATH ?? ""].join(path.delimiter);
  try {
    const settings = { ...env, PATH, ...(await machineSettings(env)) } as NodeJS.ProcessEnv;
    return await run("npm", [...args], { cwd, env: settings, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new UserError("There is no npm on PATH. It comes with Node.js: https://nodejs.org/en/download");
    throw new UserError(`npm ${args[0]} failed in ${cwd}:\n${reasonOf(stderr)}`);
  }
}

/**
 * npm looks for this machine's settings (a company's registry, proxy, certificates) beside the Node that runs it, and beside ours are none. So is
 * asked what npm finds from the user's own shell: without the Node of a project's packages, which `npm run` puts first.
 */
async function machineSettings(env: Env): Promise<Env> {
  const isPackages = (entry: string) => entry.split(path.sep).includes("node_modules");
  const PATH = (env.PATH ?? "")
    .split(path.delimiter)
    .filter((entry) => !isPackages(entry))
    .join(path.delimiter);
  const asked = await run("npm", ["config", "get", "globalconfig"], { env: { ...env, PATH } as NodeJS.ProcessEnv }).catch(() => undefined);
  const file = asked?.stdout.trim();
  return file ? { npm_config_globalconfig: file } : {};
}

/** What npm says first is the reason; a stack, an object of its own and where its log lies follow. */
function reasonOf(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const told = lines.filter((line) => /^npm error (?! )\S/.test(line) && !/^npm error ([{}]|A complete log)/.test(line));
  return (told.length > 0 ? told.slice(0, 6) : lines.slice(-8)).join("\n");
}

/** The ledger and the local world live beside git. Returns whether a repository was begun. */
export function beginRepository(dir: string): boolean {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: dir, stdio: "ignore" });
  try {
    git("rev-parse", "--show-toplevel");
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new UserError(
        "There is no git on PATH: releases and their history are kept in it. Install it (https://git-scm.com/downloads), then the same command goes on: the files are written.",
      );
    git("init", "--quiet", "--initial-branch", "main");
    return true;
  }
}
