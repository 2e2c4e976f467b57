import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..");
const page = readFileSync(path.join(root, "docs/demands.md"), "utf8");

/** How many of each there are. */
const KINDS = { E: 17, R: 12, P: 19, D: 14, W: 13, A: 6 };
/** Rows that nothing shows yet: this number may only go down. */
const NOT_SHOWN: number = 0;

const rows = [...page.matchAll(/^\| ([A-Z]\d+) \| (.+) \| (.+) \|$/gm)].map(([, id, asked, shown]) => ({
  id: id!,
  asked: asked!,
  shown: shown!,
  tests: [...shown!.matchAll(/`(tests\/[^`]+)`: “([^”]+)”/g)].map(([, file, words]) => ({ file: file!, words: words! })),
}));

test("every demand has one row, in order", () => {
  const ids = Object.entries(KINDS).flatMap(([kind, many]) => Array.from({ length: many }, (_, index) => `${kind}${index + 1}`));
  expect(rows.map(({ id }) => id)).toEqual(ids);
  expect(ids.length).toBe(81);
});

const shown = rows.filter((row) => row.shown !== "not shown yet");

describe("is shown by tests that are there", () => {
  test.each(shown)("$id: $asked", ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, words } of tests) {
      expect(existsSync(path.join(root, file)), file).toBe(true);
      expect(readFileSync(path.join(root, file), "utf8"), file).toContain(words);
    }
  });
});

test("what nothing shows yet is counted, and does not grow", () => {
  expect(rows.length - shown.length).toBe(NOT_SHOWN);
  if (NOT_SHOWN > 0) expect(page).toContain(`Rows that nothing shows yet: ${NOT_SHOWN} (`);
});
