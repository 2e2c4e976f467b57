import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { order } from "./order.ts";
import { at, blocks, blocksOf, isShell, noteOf, root } from "./pages.ts";
import { commandsOf } from "./shell.ts";

const kinds = {
  shell: ["not run", "answers", "first"],
  text: ["not run", "printed by"],
  yaml: ["at", "not settings"],
  ts: ["not run"],
  mermaid: [],
};

test("every block says what it is, in words that the tests know (tests/docs/README.md)", () => {
  const wrong = blocks.flatMap((block) => {
    const kind = isShell(block) ? "shell" : block.language;
    if (!(kind in kinds)) return `${at(block)}: ${kind === "" ? "a fence without a language" : kind}`;
    const allowed: readonly string[] = kinds[kind as keyof typeof kinds];
    return block.notes.filter((note) => !allowed.includes(note.kind)).map((note) => `${at(block)}: "${note.kind}" on ${kind}`);
  });
  expect(wrong).toEqual([]);
});

test("what is not run says why", () => {
  const silent = blocks.filter((block) => block.notes.some(({ kind, text }) => /^not /.test(kind) && text.split(/\s+/).length < 2));
  expect(silent.map(at)).toEqual([]);
});

test("tests that a reason names are there", () => {
  const named = blocks.flatMap((block) =>
    block.notes.flatMap(({ text }) => [...text.matchAll(/tests\/[\w./-]+\w/g)].map(([file]) => `${at(block)} ${file}`)),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !existsSync(path.join(root, name.split(" ")[1]!)))).toEqual([]);
});

test("what a page shows as printed is printed by a command of that page which runs", () => {
  const wrong = blocks
    .filter(({ language }) => language === "text")
    .flatMap((block) => {
      const command = noteOf(block, "printed by");
      if (command === undefined) return noteOf(block, "not run") === undefined ? `${at(block)}: who prints it?` : [];
      const ran = blocks.filter((other) => other.page === block.page && isShell(other) && noteOf(other, "not run") === undefined);
      const typed = ran.flatMap((other) => [...commandsOf(noteOf(other, "first") ?? ""), ...commandsOf(other.text)]);
      return typed.some(({ text }) => text.replace(/\s+#.*/, "") === command) ? [] : `${at(block)}: ${command} does not run on this page`;
    });
  expect(wrong).toEqual([]);
});

test("every page with something to run has its place among those that are run", () => {
  const running = blocks.filter((block) => isShell(block) && noteOf(block, "not run") === undefined).map(({ page }) => page);
  expect([...new Set(running)].sort(), "tests/docs/order.ts").toEqual([...order].sort());
});

test("what runs asks for nothing but this machine; all else says why it does not run", () => {
  const alone = /liftlock (render|workflows|scan|source-branch|init|local|preview .*--base)\b|--local\b/;
  const asking = blocks
    .filter((block) => isShell(block) && noteOf(block, "not run") === undefined)
    .flatMap((block) => commandsOf(block.text).map(({ text }) => ({ where: at(block), text })))
    .filter(({ text }) => !(/^(\.\.?\/)+liftlock /.test(text) ? alone.test(text) : /^(cd|git) /.test(text)));
  expect(asking).toEqual([]);
});

describe("a page is read", () => {
  test("with the comments above each fence, and no others", () => {
    const page =
      "<!-- at: release -->\n\ntext\n\n<!-- not run: needs\nhelm -->\n<!-- answers: yes -->\n\n  ```sh\n  a \\\n    b\n  ```\n```text\nc\n```\n";
    expect(blocksOf("x.md", page)).toEqual([
      {
        page: "x.md",
        line: 9,
        language: "sh",
        text: "a \\\n  b",
        notes: [
          { kind: "not run", text: "needs\nhelm" },
          { kind: "answers", text: "yes" },
        ],
      },
      { page: "x.md", line: 13, language: "text", text: "c", notes: [] },
    ]);
  });

  test("command by command", () => {
    expect(commandsOf("# say\na --b \\\n  c\n\nd <<END\nx: 1\nEND\ne | f   # differs: ends with 3")).toEqual([
      { text: "a --b \\\n  c", exitCode: 0 },
      { text: "d <<END\nx: 1\nEND", exitCode: 0 },
      { text: "e | f   # differs: ends with 3", exitCode: 3 },
    ]);
  });
});
