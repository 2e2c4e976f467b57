import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { order } from "../../docs/order.ts";
import { at, blocksOf, isShell, noteOf } from "../../docs/pages.ts";
import { notPrinted } from "../../docs/printed.ts";
import { commandsOf } from "../../docs/shell.ts";
import { type Clone, makeClone } from "./clone.ts";
import { Terminal } from "./terminal.ts";

/** Types what the pages say into one clone, as somebody who works through them (tests/docs/README.md says how blocks are marked). */
let clone: Clone;
let terminal: Terminal;

beforeAll(async () => {
  clone = await makeClone();
  terminal = new Terminal(clone.dir, clone.parent, clone.env);
});
afterAll(async () => {
  for (const project of ["ferry", "shop"]) {
    terminal.cd(clone.parent);
    await terminal.type(`cd ${project} && ./liftlock local stop`);
  }
  await clone.remove();
});

describe.each(order)("%s", (page) => {
  const printed = new Map<string, string>();
  beforeAll(() => terminal.cd(clone.dir));

  for (const block of blocksOf(page)) {
    if (noteOf(block, "not run") !== undefined) continue;
    if (isShell(block))
      test(`works as written: ${at(block)}`, async () => {
        const answers = (noteOf(block, "answers") ?? "")
          .split(",")
          .map((word) => word.trim())
          .filter((word) => word !== "");
        for (const { text, exitCode } of [...commandsOf(noteOf(block, "first") ?? ""), ...commandsOf(block.text)]) {
          const typed = await terminal.type(text, answers);
          printed.set(text.replace(/\s+#.*/, ""), typed.printed);
          if (typed.exitCode !== exitCode)
            expect.fail(`${text}\nended with ${typed.exitCode}, not ${exitCode}:\n${typed.printed.slice(-6000)}`);
        }
        expect(answers, "answers that nothing asked for").toEqual([]);
      });
    else if (noteOf(block, "printed by") !== undefined)
      test(`prints what it shows: ${at(block)}`, () => {
        const all = printed.get(noteOf(block, "printed by")!) ?? "";
        const missing = notPrinted(block.text, all);
        if (missing !== undefined) expect.fail(`not printed in its place:\n${missing}\nprinted:\n${all.slice(0, 6000)}`);
      });
  }
});
