import { existsSync, globSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { pages, root, textOf } from "./pages.ts";

const all = [...pages, ...globSync("docs/reference/*.md", { cwd: root }), "CHANGELOG.md"];

/** As GitHub makes them of headings: lower case, no punctuation, hyphens for spaces. */
function anchorsOf(page: string): Set<string> {
  const prose = textOf(page).replace(/^ *(```+)[\s\S]*?^ *\1 *$/gm, "");
  const headings = [...prose.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) =>
    heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
  return new Set(headings);
}

test("every link to a heading finds it", () => {
  const lost: string[] = [];
  for (const page of all)
    for (const [, file = "", anchor] of textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)) {
      const target = file === "" ? page : path.join(path.dirname(page), file);
      if (!target.endsWith(".md") || !anchorsOf(target).has(anchor!)) lost.push(`${page} -> ${file}#${anchor}`);
    }
  expect(lost).toEqual([]);
});

test("every link to a file of the checkout finds it", () => {
  const lost: string[] = [];
  let found = 0;
  for (const page of all)
    for (const [, file] of textOf(page).matchAll(/\]\((?!\w+:)([^)#\s]+)(?:#[^)\s]*)?\)/g)) {
      found++;
      if (!existsSync(path.join(root, path.dirname(page), file!))) lost.push(`${page} -> ${file}`);
    }
  expect(lost).toEqual([]);
  expect(found).toBeGreaterThan(100);
});

test("README leads to every how-to and every page beside them", () => {
  const linked = new Set([...textOf("README.md").matchAll(/\]\(([^)#\s]+)/g)].map(([, file]) => file));
  expect(pages.filter((page) => page.startsWith("docs/") && !linked.has(page))).toEqual([]);
});
