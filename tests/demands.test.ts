import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { titlesIn } from "./titles.ts";

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

const known = new Map<string, string[]>();
const titlesOf = (file: string): string[] => {
  const titles = known.get(file) ?? titlesIn(path.join(root, file));
  known.set(file, titles);
  return titles;
};

const shown = rows.filter((row) => row.shown !== "not shown yet");

describe("is shown by tests that are there", () => {
  test.each(shown)("$id: $asked", ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, words } of tests) {
      expect(existsSync(path.join(root, file)), file).toBe(true);
      expect(
        titlesOf(file).some((title) => title.includes(words)),
        `${file}: “${words}” is in no title`,
      ).toBe(true);
    }
  });
});

test("what nothing shows yet is counted, and does not grow", () => {
  expect(rows.length - shown.length).toBe(NOT_SHOWN);
  if (NOT_SHOWN > 0) expect(page).toContain(`Rows that nothing shows yet: ${NOT_SHOWN} (`);
});

test("a title is what a test that runs is called, and nothing else in its file", () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-titles-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, "some.test.ts");
  writeFileSync(
    file,
    `const cases = { "by its key": 1 }; // a comment
describe("a group", () => {
  test(\`with \${1} part\`, () => expect(say()).toBe("what is asserted"));
  test.skip("skipped", () => {});
  describe.skip.each([["of a skipped table"]])("%s", () => {});
  test.each([["of a table", 2]])("%s", () => {});
  test.each(Object.entries(cases))("%s", () => {});
});
`,
  );
  expect(titlesIn(file)).toEqual(["a group", "with ", " part", "%s", "of a table", "%s", "by its key"]);
});
