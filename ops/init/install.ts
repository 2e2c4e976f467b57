import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
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

/** Where npm gets liftlock from: what `given` says, this version of it, or, from a checkout, a tarball that the project keeps. */
export function dependencyOn(given: string | undefined): Dependency {
  if (given !== undefined) return { spec: given, prepare: async () => {} };
  const { version } = JSON.parse(readFileSync(packageFile(), "utf8")) as { version: string };
  if (!fromCheckout) return { spec: version, prepare: async () => {} };
  const file = `vendor/liftlock-${version}.tgz`;
  return { spec: `file:${file}`, prepare: (dir, env) => pack(path.join(dir, file), env) };
}

async function pack(target: string, env: Env): Promise<void> {
  const folder = path.dirname(target);
  mkdirSync(folder, { recursive: true });
  const { stdout } = await npm(["pack", "--json", "--pack-destination", folder], path.dirname(fileURLToPath(packageFile())), env);
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as { filename: string }[];
  renameSync(path.join(folder, packed!.filename), target);
}

/** Installs the project's packages; git must know the lock file that it makes. */
export const install = (dir: string, env: Env): Promise<unknown> =>
  npm(["install", "--no-audit", "--no-fund", "--prefer-offline"], dir, env);

async function npm(args: readonly string[], cwd: string, env: Env): Promise<{ stdout: string }> {
  // npm chooses versions by the Node that runs it: ours, not an older one that stands first on PATH.
  const PATH = [path.dirname(process.execPath), env.PATH ?? ""].join(path.delimiter);
  try {
    return await run("npm", [...args], { cwd, env: { ...env, PATH } as NodeJS.ProcessEnv, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new UserError("There is no npm on PATH. It comes with Node.js: https://nodejs.org/en/download");
    throw new UserError(`npm ${args[0]} failed in ${cwd}:\n${stderr.trim().split("\n").slice(-8).join("\n")}`);
  }
}

/** The ledger and the local world live beside git. Returns whether a repository was begun. */
export function beginRepository(dir: string): boolean {
  try {
    execFileSync("git", ["rev-parse", "--show-toplevel"], { cwd: dir, stdio: "ignore" });
    return false;
  } catch {
    execFileSync("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: dir, stdio: "ignore" });
    return true;
  }
}
