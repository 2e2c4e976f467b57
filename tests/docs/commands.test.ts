import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { GROUPS } from "../../ops/help-groups.ts";
import { commandNames, parsed, stacksOf } from "./commands.ts";
import { at, blocks, isShell, pages, root, textOf } from "./pages.ts";
import { callsOf, commandsOf } from "./shell.ts";

interface Call {
  readonly where: string;
  readonly args: readonly string[];
  /** Of the project that it is about. */
  readonly folder: string;
}

const home = (page: string): string => (page.startsWith("examples/") ? path.dirname(page) : ".");
/** `…` and words in capitals stand for what the reader puts there. */
const isPlaceholder = (word: string): boolean => /…|^[A-Z][A-Z_-]*$/.test(word);

const calls: Call[] = [];
for (const block of blocks.filter(isShell)) {
  let folder = home(block.page);
  for (const { text } of commandsOf(block.text)) {
    const entered = /^cd (\S+)$/.exec(text)?.[1];
    if (entered !== undefined) folder = entered;
    for (const args of callsOf(text)) calls.push({ where: at(block), args, folder });
  }
}
/** Calls in running text: `./liftlock up development --local`. A command's name alone, and what leaves out its end, is talk of it. */
for (const page of pages) {
  const prose = textOf(page).replace(/^ *(```+)[\s\S]*?^ *\1 *$/gm, "");
  for (const [, code] of prose.matchAll(/`([^`\n]+)`/g))
    for (const args of callsOf(code!)) if (args.length > 0 && !args.includes("…")) calls.push({ where: page, args, folder: home(page) });
}

test("every call of liftlock, run or not, is one that the command line takes", () => {
  expect(calls.length).toBeGreaterThan(150);
  const refused = calls.flatMap(({ where, args }) => {
    try {
      parsed(args);
      return [];
    } catch (error) {
      return `${where}: liftlock ${args.join(" ")}: ${(error as Error).message.split("\n")[0]}`;
    }
  });
  expect(refused).toEqual([]);
});

test("every command of the command line is shown by a page, and stands in a group of its help", () => {
  const shown = new Set(calls.filter(({ where }) => !where.startsWith("examples/")).map(({ args }) => parsed(args).command));
  expect(commandNames().filter((name) => !shown.has(name))).toEqual([]);
  expect(Object.values(GROUPS).flat().sort()).toEqual(commandNames().sort());
});

/** Stacks whose file the reader copies on that page. */
const madeOn = (page: string): string[] =>
  blocks
    .filter((block) => block.page === page && isShell(block))
    .flatMap(({ text }) => [...text.matchAll(/^cp Pulumi\.[\w-]+\.yaml Pulumi\.([\w-]+)\.yaml$/gm)].map(([, stack]) => stack!));

test("every stack and folder that a call names is there", () => {
  const gone = calls.flatMap(({ where, args, folder }) => {
    const { stacks, options, command } = parsed(args);
    const dir = (options.stackDir as string | undefined) ?? folder;
    if (!dir.startsWith("..") && !existsSync(path.join(root, dir))) return `${where}: no folder ${dir}`;
    const known: string[] = dir.startsWith("..") ? ["development", "staging", "production", "platform"] : stacksOf(dir);
    if (command === "source-branch") return [];
    known.push(...madeOn(where.split(":")[0]!));
    return stacks.filter((name) => !isPlaceholder(name) && !known.includes(name)).map((name) => `${where}: no stack ${name} in ${dir}`);
  });
  expect(gone).toEqual([]);
});

test("every file of the checkout and every npm script that a page names is there", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
  const gone = pages.flatMap((page) => {
    const text = textOf(page);
    const files = [...text.matchAll(/(?<=[`\s])((?:bench|components|docs|examples|local|ops|policy|schemas|tests)\/[\w./-]*\w)/g)];
    const base = page.startsWith("examples/") ? [path.dirname(page), "."] : ["."];
    return [
      ...files.filter(([, file]) => !base.some((dir) => existsSync(path.join(root, dir, file!)))).map(([, file]) => `${page}: ${file}`),
      ...(base.length > 1 ? [] : [...text.matchAll(/npm run ([\w:]+)/g)])
        .filter(([, name]) => !(name! in scripts))
        .map(([call]) => `${page}: ${call}`),
    ];
  });
  expect(gone).toEqual([]);
});

test("calls are taken out as the shell would split them", () => {
  const line = `A=1 B=$(./liftlock local status --json | jq '.a | .b') x && ../../liftlock up "my stack" --local 2>&1   # liftlock says no`;
  expect(callsOf(line)).toEqual([
    ["local", "status", "--json"],
    ["up", "my stack", "--local"],
  ]);
  expect(callsOf("pass show a | ./liftlock secret set production KEY")).toEqual([["secret", "set", "production", "KEY"]]);
  expect(callsOf("./liftlock init ../shop \\\n  --soak 24h")).toEqual([["init", "../shop", "--soak", "24h"]]);
});

test("an option, a stack and a command that do not exist are found", () => {
  expect(() => parsed(["up", "development", "--fast"])).toThrow(/--fast/);
  expect(() => parsed(["uppp", "development"])).toThrow(/uppp/);
  expect(parsed(["promote", "a", "b", "--local"])).toMatchObject({ command: "promote", stacks: ["a", "b"], options: { local: true } });
});
