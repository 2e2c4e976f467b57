import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../user-error.ts";

const run = promisify(execFile);

/** Another revision of a program, in a folder of its own. */
export interface Revision {
  readonly commit: string;
  /** The program's folder; it need not exist, when the revision has no such program. */
  readonly projectDir: string;
  /** A folder that goes with it. */
  readonly scratchDir: string;
  /** The revision asks for other packages than those that are installed. */
  readonly otherPackages: boolean;
}

/**
 * Files of a git revision beside the present checkout, with its packages, for as long as `use` runs: removed also after a failure, and on the
 * way out when the process is ended. Writes nothing into the repository (an index of its own, no worktree to be registered) and runs no hook.
 */
export async function withRevision<T>(projectDir: string, revision: string, use: (revision: Revision) => Promise<T>): Promise<T> {
  const root = realpathSync((await git(projectDir, ["rev-parse", "--show-toplevel"])).trim());
  const commit = await commitOf(root, revision);
  const dir = mkdtempSync(path.join(realpathSync(tmpdir()), "liftlock-base-"));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const files = path.join(dir, "files");
    const index = { GIT_INDEX_FILE: path.join(dir, "index") };
    await git(root, ["read-tree", commit], index);
    await git(root, ["checkout-index", "--all", `--prefix=${files}/`], index);
    const inside = path.relative(root, realpathSync(projectDir));
    linkPackages(root, files, inside);
    return await use({ commit, projectDir: path.join(files, inside), scratchDir: dir, otherPackages: await differ(root, files, inside) });
  } finally {
    process.off("exit", remove);
    remove();
  }
}

async function commitOf(root: string, revision: string): Promise<string> {
  try {
    return (await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`])).trim();
  } catch {
    throw new UserError(
      `--base: git knows no revision "${revision}" in ${root}. A shallow clone lacks it: fetch it first (actions/checkout: fetch-depth: 0).`,
      2,
    );
  }
}

async function git(dir: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const options = { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...env } };
    return (await run("git", ["-C", dir, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", ...args], options)).stdout;
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr || error).trim();
    throw new UserError(`--base needs a git repository: git ${args[0]} failed in ${dir}: ${said.split("\n")[0]}`);
  }
}

/** Folders from the repository's root down to the program's. */
const way = (inside: string): string[] => {
  const parts = inside === "" ? [] : inside.split(path.sep);
  return ["", ...parts.map((_, i) => parts.slice(0, i + 1).join(path.sep))];
};

/** The installed packages at the same places, and those of a folder above the repository at its root. */
function linkPackages(root: string, files: string, inside: string): void {
  const link = (from: string, to: string) => {
    if (existsSync(from) && existsSync(path.dirname(to)) && !existsSync(to)) symlinkSync(realpathSync(from), to);
  };
  for (const folder of way(inside)) link(path.join(root, folder, "node_modules"), path.join(files, folder, "node_modules"));
  for (let above = path.dirname(root); above !== path.dirname(above); above = path.dirname(above))
    link(path.join(above, "node_modules"), path.join(files, "node_modules"));
}

async function differ(root: string, files: string, inside: string): Promise<boolean> {
  const text = (dir: string, folder: string) => readFile(path.join(dir, folder, "package-lock.json"), "utf8").catch(() => "");
  const each = await Promise.all(way(inside).map(async (folder) => (await text(root, folder)) !== (await text(files, folder))));
  return each.includes(true);
}
