import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import picomatch from "picomatch";
import { UserError } from "../user-error.ts";

const run = promisify(execFile);
/** Larger files are data, not something that a person types a password into. */
const LARGEST = 1024 * 1024;

export interface Text {
  /** Path in the repository; with the commit before it for what a commit added. */
  readonly name: string;
  readonly text: string;
}

async function git(dir: string, ...args: string[]): Promise<string> {
  try {
    return (await run("git", ["-C", dir, ...args], { maxBuffer: 512 * 1024 * 1024 })).stdout;
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split("\n")[0];
    throw new UserError(`git ${args[0]} failed in ${dir}: ${said}`, 2);
  }
}

export const rootOf = async (dir: string): Promise<string> => (await git(dir, "rev-parse", "--show-toplevel")).trim();

/** Tracked files and those that could be added, or the named ones. */
export async function filesOf(root: string, named: readonly string[]): Promise<string[]> {
  const listed = await git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...named);
  return [...new Set(listed.split("\0").filter(Boolean))];
}

/** Patterns of `.secretlintignore`, as .gitignore has them but for negation. */
export async function ignored(root: string): Promise<(file: string) => boolean> {
  const text = await readFile(path.join(root, ".secretlintignore"), "utf8").catch(() => "");
  const patterns = text.split("\n").flatMap((line) => {
    const pattern = line.trim();
    if (pattern === "" || pattern.startsWith("#")) return [];
    const anchored = pattern.replace(/^\//, "");
    return pattern.endsWith("/") ? [`${anchored}**`] : [anchored, `${anchored}/**`];
  });
  return patterns.length === 0 ? () => false : picomatch(patterns, { dot: true });
}

/** A file's text; undefined for what is no text, too large, or no longer there. */
export async function textOf(root: string, file: string): Promise<Text | undefined> {
  const full = path.join(root, file);
  const found = await stat(full).catch(() => undefined);
  if (!found?.isFile() || found.size > LARGEST) return undefined;
  const content = await readFile(full);
  return content.includes(0) ? undefined : { name: file, text: content.toString("utf8") };
}

/** Lines that commits since a revision added, by commit and file: what was taken away again is in the history all the same. */
export async function addedSince(root: string, revision: string): Promise<(Text & { readonly file: string })[]> {
  const patch = await git(root, "log", "--no-color", "--no-ext-diff", "--unified=0", "--format=%x00%h", "--patch", `${revision}..HEAD`);
  return patch.split("\0").flatMap((entry) => {
    const [commit = "", ...lines] = entry.split("\n");
    const files = new Map<string, string[]>();
    let current: string[] = [];
    for (const line of lines) {
      const file = /^\+\+\+ b\/(.*)$/.exec(line)?.[1];
      if (file !== undefined) {
        current = files.get(file) ?? [];
        files.set(file, current);
      } else if (line.startsWith("+") && !line.startsWith("+++ ")) current.push(line.slice(1));
    }
    return [...files].map(([file, added]) => ({ file, name: `${commit}:${file}`, text: added.join("\n") }));
  });
}
