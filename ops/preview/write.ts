import { mkdirSync } from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { Io } from "../terminal/io.ts";
import { UserError } from "../user-error.ts";
import { commentMarkdown, fullMarkdown, type Report } from "./markdown.ts";

/** `preview.md` -> `preview.full.md`. */
export const fullName = (file: string): string => path.join(path.dirname(file), `${path.basename(file).replace(/\.md$/, "")}.full.md`);

/** Writes the comment into a file and the full report beside it; without a file, the comment is printed. */
export async function writeMarkdown(io: Io, report: Report, file: string | undefined): Promise<void> {
  if (file === undefined) return io.out(commentMarkdown(report, "--markdown FILE").trimEnd());
  const full = fullName(file);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    await writeFileAtomic(full, fullMarkdown(report));
    await writeFileAtomic(file, commentMarkdown(report, path.basename(full)));
  } catch (error) {
    throw new UserError(`The report could not be written to ${file}: ${(error as Error).message}. Name another file.`);
  }
}
