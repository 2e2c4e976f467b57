import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import picocolors from "picocolors";
import { afterAll, describe, expect, test } from "vitest";
import type { RunResult, Step } from "../../ops/engine.ts";
import { commentMarkdown, fullMarkdown, LONGEST_COMMENT, type Report } from "../../ops/preview/markdown.ts";
import { type Previewed, previewed } from "../../ops/preview/previewed.ts";
import { changedSecrets } from "../../ops/preview/secrets.ts";
import { shorten } from "../../ops/preview/shorten.ts";
import { previewText } from "../../ops/preview/text.ts";
import { seenIn } from "../../ops/report/inventory.ts";
import { UserError } from "../../ops/user-error.ts";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
function step(stack: string, op: Step["op"], name: string, data: object): Step {
  const urn = `urn:pulumi:${stack}::ferry::${CONFIG_MAP}::${name}`;
  const state = (inputs: object) => ({ urn, type: CONFIG_MAP, custom: true, inputs: { metadata: { name, namespace: "shop" }, ...inputs } });
  return {
    op,
    urn,
    detailedDiff: null,
    ...(op === "create" ? {} : { oldState: state({ data: { KEY: "before" } }) }),
    ...(op === "delete" ? {} : { newState: state({ data }) }),
  };
}
function environment(stack: string, steps: Step[], more: Partial<RunResult> = {}): Previewed {
  const changeSummary = Object.fromEntries(Object.entries(Object.groupBy(steps, ({ op }) => op)).map(([op, all]) => [op, all!.length]));
  const result: RunResult = {
    result: "succeeded",
    steps,
    changeSummary,
    outputs: {},
    durationSeconds: 1,
    diagnostics: [],
    timings: {},
    ...more,
  };
  return previewed({ stack, project: "ferry", result, seen: seenIn(steps), config: {} });
}
const updates = (stack: string, n: number): Step[] =>
  Array.from({ length: n }, (_, i) => step(stack, "update", `settings-number-${i}`, { KEY: `after ${i}` }));
const report = (previews: readonly Previewed[], more: Partial<Report> = {}): Report => ({
  project: "ferry",
  previews,
  faults: [],
  ...more,
});

describe("one comment on all environments", () => {
  const staging = environment("staging", [...updates("staging", 2), step("staging", "delete", "old", {})]);
  const production = environment("production", updates("production", 1));

  test("starts with its marker, the summary of all and what is deleted", () => {
    const text = commentMarkdown(report([staging, production]), "preview.full.md");
    expect(text.split("\n").slice(0, 13)).toEqual([
      "<!-- liftlock preview ferry -->",
      "### Preview of `ferry`",
      "",
      "Compared with what is recorded of each environment.",
      "",
      "| environment | changes | rules | requests |",
      "| --- | --- | --- | --- |",
      expect.stringMatching(/^\| `staging` \| 1 deleted, 2 updated \| kept \| {2}\|$/),
      expect.stringMatching(/^\| `production` \| 1 updated \| kept \| {2}\|$/),
      "",
      "**Deleted or replaced**",
      "",
      "- `staging` `ConfigMap old deleted`",
    ]);
    expect(text.match(/<details>/g)).toHaveLength(2);
    expect(text).not.toContain("Cut to fit");
  });
  test("holds nothing but text of what it speaks of", () => {
    const hostile = environment("a`|<img src=x>", [step("x", "update", "`|</details>\n@everyone", { KEY: "```\n</details><script>" })]);
    const text = commentMarkdown(report([hostile], { faults: [{ stack: "b", reason: new UserError("<b>|[x](y)\n| row") }] }), "f");
    const outsideFences = text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "");
    expect(outsideFences.replace(/`[^`\n]*`/g, "").match(/<\/?[a-z]+/g)).toEqual(["<details", "<summary", "</summary", "</details"]);
    expect(outsideFences).not.toMatch(/\[x\]\(y\)/);
    for (const row of outsideFences.split("\n").filter((line) => line.startsWith("| "))) expect(row.match(/(?<!\\)\|/g)).toHaveLength(5);
  });
  test("stays below GitHub's limit, keeps what is short, and says what was cut and where all of it is", () => {
    const large = ["development", "staging"].map((stack) => environment(stack, updates(stack, 2000)));
    const all = report([...large, production]);
    const text = commentMarkdown(all, "preview.full.md");
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    expect(text.length).toBeGreaterThan(LONGEST_COMMENT * 0.8);
    expect(text).toMatch(
      /Cut to fit into a comment: `development` \(\d+ of \d+ lines\) and `staging` \(\d+ of \d+ lines\)\. `preview\.full\.md` has all of it\./,
    );
    expect(text).toContain("ConfigMap settings-number-0: KEY changed (before -> after 0)");
    // Nothing is cut within a line, a fence or a fold.
    expect(text.match(/^```text$/gm)!.length * 2).toBe(text.match(/^```(text)?$/gm)!.length);
    expect(text.match(/<details>/g)!.length).toBe(text.match(/<\/details>/g)!.length);
    expect(text).toContain("<summary>production: 1 updated</summary>");
    const full = fullMarkdown(all);
    expect(full.match(/KEY before -> after/g)).toHaveLength(4001);
  });
  test("stays below it with a thousand environments, too", () => {
    const many = Array.from({ length: 1000 }, (_, i) => environment(`tenant-${i}`, updates(`tenant-${i}`, 3)));
    const text = commentMarkdown(report(many), "preview.full.md");
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    expect(text).toMatch(/And 900 more environments\./);
  });
  test("says of a run that failed why", () => {
    const failed = environment("staging", [], {
      result: "failed",
      diagnostics: [{ severity: "error", message: "the quota is too small" }],
    });
    const text = commentMarkdown(report([failed]), "f");
    expect(text).toContain("| `staging` | **failed** |");
    expect(text).toContain("the quota is too small");
  });
});

test("at a terminal, too, what is deleted anywhere stands above the details", () => {
  const lines = previewText(
    [environment("staging", updates("staging", 1)), environment("production", [step("production", "delete", "old", {})])],
    picocolors.createColors(false),
    {},
  );
  expect(lines.slice(0, 4)).toEqual([
    "staging     1 updated",
    "production  1 deleted",
    "\nDeleted or replaced:",
    "  ! production: ConfigMap old deleted",
  ]);
});

describe("room", () => {
  const lines = (n: number) => Array.from({ length: n }, (_, i) => `line ${i}`.padEnd(9));
  test("goes to short sections first, and evenly to the long ones", () => {
    const [short, a, b] = shorten(
      [
        { title: "s", lines: lines(5) },
        { title: "a", lines: lines(500) },
        { title: "b", lines: lines(400) },
      ],
      1050,
    );
    expect(short).toEqual({ lines: lines(5), left: 0 });
    expect([a!.lines.length, a!.left]).toEqual([50, 450]);
    expect([b!.lines.length, b!.left]).toEqual([50, 350]);
  });
  test("that is too small for three lines is not used", () => {
    expect(shorten([{ title: "a", lines: lines(9) }], 25)).toEqual([{ lines: [], left: 9 }]);
    expect(shorten([{ title: "a", lines: lines(9) }], -5)).toEqual([{ lines: [], left: 9 }]);
  });
});

describe("encrypted values", () => {
  const dirs = ["before", "after"].map((name) => mkdtempSync(path.join(tmpdir(), `liftlock-${name}-`)));
  afterAll(() => dirs.forEach((dir) => void rmSync(dir, { recursive: true })));
  const compared = (...texts: [string, string]) => {
    texts.forEach((text, i) => void writeFileSync(path.join(dirs[i]!, "Pulumi.staging.yaml"), text));
    expect(readFileSync(path.join(dirs[1]!, "Pulumi.staging.yaml"), "utf8")).toBe(texts[1]);
    return changedSecrets(dirs[0]!, dirs[1]!, "staging");
  };
  test("are compared as they are written, wherever they stand", () => {
    const notes = compared(
      "encryptionsalt: a\nconfig:\n  s:same: { secure: v1:1 }\n  s:gone: { secure: v1:2 }\n  s:deep: { list: [{ secure: v1:3 }], plain: x }\n",
      "encryptionsalt: a\nconfig:\n  s:same: { secure: v1:1 }\n  s:new: { secure: v1:2 }\n  s:deep: { list: [{ secure: v1:4 }], plain: y }\n",
    );
    expect(notes).toEqual([{ text: "secrets: s:deep.list[0] changed, s:gone removed, s:new added", brief: "3 secrets changed" }]);
  });
  test("under another key say that they were encrypted anew", () => {
    const notes = compared(
      "encryptionsalt: a\nconfig: { s:k: { secure: v1:1 } }\n",
      "encryptionsalt: b\nconfig: { s:k: { secure: v1:9 } }\n",
    );
    expect(notes.map(({ text }) => text)).toEqual(["the key that encrypts its secrets changed", "secrets: s:k encrypted anew"]);
  });
  test("of a file that is no YAML are for its own preview to complain about", () => {
    expect(compared("a: [", "b: {")).toEqual([]);
  });
});
