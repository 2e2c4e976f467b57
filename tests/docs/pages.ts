import { globSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.join(import.meta.dirname, "../..");

/** Pages that people follow. docs/reference is generated, and held to what it is made from. */
export const pages = [
  "README.md",
  ...globSync("docs/**/*.md", { cwd: root, exclude: ["docs/reference/**"] }).sort(),
  ...globSync("examples/*/README.md", { cwd: root }).sort(),
];

export const textOf = (page: string): string => readFileSync(path.join(root, page), "utf8");

/** A fenced block, and what HTML comments right above its fence say of it (tests/docs/README.md). */
export interface Block {
  readonly page: string;
  /** Of its opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly notes: readonly Note[];
}
export interface Note {
  readonly kind: string;
  readonly text: string;
}

export const at = ({ page, line }: Pick<Block, "page" | "line">): string => `${page}:${line}`;
export const noteOf = (block: Block, kind: string): string | undefined => block.notes.find((note) => note.kind === kind)?.text;

export function blocksOf(page: string, text = textOf(page)): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  let notes: Note[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    const [, indent = "", ticks, language = ""] = /^( *)(```+)(.*)$/.exec(line) ?? [];
    if (ticks !== undefined) {
      const begin = index++;
      while (index < lines.length && !lines[index]!.trim().startsWith(ticks)) index++;
      const inner = lines.slice(begin + 1, index).map((inside) => inside.slice(indent.length));
      blocks.push({ page, line: begin + 1, language: language.trim(), text: inner.join("\n"), notes });
      notes = [];
    } else if (line.trimStart().startsWith("<!--")) {
      const begin = index;
      while (index < lines.length && !lines[index]!.includes("-->")) index++;
      const inside = lines
        .slice(begin, index + 1)
        .join("\n")
        .replace(/^\s*<!--\s*/, "")
        .replace(/\s*-->\s*$/, "");
      const [, kind = "", said = ""] = /^([a-z ]+):\s*([\s\S]*)$/.exec(inside) ?? [];
      notes.push({ kind, text: said.trim() });
    } else if (line.trim() !== "") {
      notes = [];
    }
  }
  return blocks;
}

export const blocks: readonly Block[] = pages.flatMap((page) => blocksOf(page));

/** Languages whose blocks are typed into a shell. */
export const isShell = ({ language }: Block): boolean => ["sh", "bash", "console"].includes(language);
