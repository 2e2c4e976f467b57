import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../user-error.ts";
import { type Files, IGNORED } from "./files.ts";

/**
 * Writes a project's files, all or none: what is there already is the team's own and stays, unless `force` says that it may be written
 * anew. A file that is there with the same text is no obstacle. Returns what was written.
 */
export function writeFiles(dir: string, files: Files, force: boolean): string[] {
  const differing = Object.keys(files).filter((file) => {
    const at = path.join(dir, file);
    return existsSync(at) && readFileSync(at, "utf8") !== files[file];
  });
  if (!force) refuseThere(dir, differing, "with other content");
  try {
    mkdirSync(dir, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), text);
      if (text.startsWith("#!")) chmodSync(path.join(dir, file), 0o755);
    }
    return [...Object.keys(files), ...ignore(dir)];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${dir} cannot be written: ${message}. Choose a folder that you may write to.`, 2);
  }
}

/** Before a page of questions is answered for nothing: files that would be in the way whatever the answers are. */
export function refuseProject(dir: string, files: readonly string[]): void {
  refuseThere(
    dir,
    files.filter((file) => existsSync(path.join(dir, file))),
    "and they are kept",
  );
}

function refuseThere(dir: string, files: readonly string[], how: string): void {
  if (files.length === 0) return;
  throw new UserError(
    `${dir} has these files already, ${how}: ${files.join(", ")}.\nNothing was written. Choose another folder, such as one of its own below this one, or say --force to write these files anew; others are left alone.`,
    2,
  );
}

/** Adds what is missing to .gitignore. */
function ignore(dir: string): string[] {
  const file = path.join(dir, ".gitignore");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const missing = IGNORED.filter((line) => !text.split("\n").includes(line));
  if (missing.length === 0) return [];
  writeFileSync(file, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  return [".gitignore"];
}
