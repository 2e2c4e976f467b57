import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/**
 * Digest of everything that the program of a stack is made of: Pulumi.yaml, the stack's file, the program's entry and all files of ours
 * that it imports, and the lock file of its packages.
 */
export function programHash(projectDir: string, stackFile: string): string {
  const projectFile = ["Pulumi.yaml", "Pulumi.yml"].map((name) => path.join(projectDir, name)).find((file) => existsSync(file));
  const settings = [projectFile, stackFile].filter((file) => file !== undefined);
  const lock = nearest(projectDir, "package-lock.json");
  const files = [...settings, ...programFiles(entryOf(projectDir, projectFile)), ...(lock === undefined ? [] : [lock])];
  const hash = createHash("sha256");
  for (const file of [...new Set(files)].sort()) {
    const content = readFileSync(file);
    hash.update(`${path.relative(projectDir, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The entry and what it imports by relative path, and so on. */
function programFiles(entry: string | undefined): string[] {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file) || !statSync(file).isFile()) return;
    seen.add(file);
    for (const [, target] of readFileSync(file, "utf8").matchAll(IMPORT)) visit(path.resolve(path.dirname(file), target!));
  };
  if (entry !== undefined) visit(entry);
  return [...seen];
}

/** As Node finds it: `main` may name a file or a folder. */
function entryOf(projectDir: string, projectFile: string | undefined): string | undefined {
  const { main = "." } = (
    projectFile === undefined ? {} : ((parse(readFileSync(projectFile, "utf8")) as { main?: string } | null) ?? {})
  ) as { main?: string };
  const base = path.resolve(projectDir, main);
  return [base, ...["index.ts", "index.mts", "index.js", "index.mjs"].map((name) => path.join(base, name))].find(
    (file) => existsSync(file) && statSync(file).isFile(),
  );
}

function nearest(dir: string, name: string): string | undefined {
  for (let at = path.resolve(dir); ; at = path.dirname(at)) {
    if (existsSync(path.join(at, name))) return path.join(at, name);
    if (at === path.dirname(at)) return undefined;
  }
}
