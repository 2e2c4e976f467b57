import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { references } from "../../ops/docs/write.ts";

const root = path.join(import.meta.dirname, "../..");
const pages = ["README.md", "CHANGELOG.md", ...globSync("docs/**/*.md", { cwd: root })];

describe("the reference pages are current", async () => {
  for (const [file, text] of Object.entries(await references())) {
    test(`docs/reference/${file} (npm run docs)`, () => {
      expect(readFileSync(path.join(root, "docs/reference", file), "utf8")).toBe(text);
    });
  }
});

describe("every page", () => {
  test.each(pages)("%s links only to what is there", (page) => {
    const text = readFileSync(path.join(root, page), "utf8");
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g)].map((match) => match[1]!);
    for (const target of targets) expect(existsSync(path.join(root, path.dirname(page), target)), `${page} -> ${target}`).toBe(true);
  });

  test.each(pages)("%s names only commands that exist", (page) => {
    const text = readFileSync(path.join(root, page), "utf8");
    const known = [...readFileSync(path.join(root, "docs/reference/commands.md"), "utf8").matchAll(/^## (\S+)$/gm)].map(
      (match) => match[1],
    );
    const named = [...text.matchAll(/\.\/liftlock (?!--)([a-z]+(?:-[a-z]+)*)/g)].map((match) => match[1]);
    for (const command of named) expect(known).toContain(command);
  });

  test("is reached from the README", () => {
    const readme = readFileSync(path.join(root, "README.md"), "utf8");
    for (const page of pages.filter((p) => p.startsWith("docs/"))) expect(readme).toContain(page);
  });
});
