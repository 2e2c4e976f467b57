import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import picocolors from "picocolors";
import { expect, onTestFinished, test } from "vitest";
import { main } from "../../ops/main.ts";
import { examples } from "./examples.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** A copy without a world or a state: what its team sees first. */
function copyOf(dir: string): string {
  const copy = mkdtempSync(path.join(os.tmpdir(), "liftlock-example-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(dir, copy, { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  writeFileSync(path.join(copy, "package.json"), '{ "type": "module" }\n');
  const program = path.relative(copy, path.join(root, "index.ts"));
  writeFileSync(
    path.join(copy, "index.ts"),
    `import program from ${JSON.stringify(program)};\nimport { extend } from "./extend.ts";\nexport default () => program(extend);\n`,
  );
  return copy;
}

async function run(cwd: string, args: readonly string[]): Promise<string> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await main(args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, LIFTLOCK_COMMAND: "liftlock" },
    colors: picocolors.createColors(false),
    interactive: false,
    screen: undefined,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    ask: async () => "",
    onInterrupt: () => () => {},
    kill: () => {
      throw new Error("killed");
    },
  });
  expect(exitCode, `${out.join("\n").slice(-2000)}\n${err.join("\n")}`).toBe(0);
  return out.join("\n");
}

test.each(examples)("$name: every stack is rendered offline and breaks no rule", async ({ dir, stacks }) => {
  const out = await run(copyOf(dir), ["preview", "--local", "--json"]);
  const previews = JSON.parse(out) as Record<string, { policy?: { findings: unknown[] }; changeSummary: { create?: number } }>;
  expect(Object.keys(previews).sort()).toEqual([...stacks, "platform"].sort());
  for (const [stack, { policy, changeSummary }] of Object.entries(previews)) {
    expect(policy?.findings ?? [], stack).toEqual([]);
    expect(changeSummary.create, stack).toBeGreaterThan(5);
  }
});

test("life-os: its environments differ in nothing that nobody wrote down, rules on GitHub included", async () => {
  const { dir } = examples.find(({ name }) => name === "life-os")!;
  expect(await run(copyOf(dir), ["diff", "staging", "production", "--local"])).toMatch(/expected {5}environment github\.branch\.reviews/);
});
