import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { processIo } from "../../ops/terminal/io.ts";

/** A terminal with somebody at it: what is written to `keys` is typed. */
function terminal() {
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let shown = "";
  stderr.on("data", (bytes) => {
    shown += String(bytes);
  });
  const io = processIo({ stdin: keys, stderr, stdout: stderr, env: {}, cwd: () => "/", on: () => {}, off: () => {} } as never, []);
  return { io, keys, shown: () => shown };
}

test("a question is answered by a line", async () => {
  const { io, keys, shown } = terminal();
  const answer = io.ask("Which? ");
  keys.write("  this \r");
  expect(await answer).toBe("this");
  expect(shown()).toContain("Which? ");
});

test.each([
  ["Ctrl-C", "\x03"],
  ["Ctrl-D", "\x04"],
])("%s at a question ends it in words, as nothing that liftlock did wrong", async (_, key) => {
  const { io, keys } = terminal();
  const answer = io.ask("Type the environment's name to go on: ");
  keys.write(key);
  await expect(answer).rejects.toMatchObject({ name: "UserError", message: "Not answered: nothing more was done." });
});

test("a terminal that goes away ends the question, too", async () => {
  const { io, keys } = terminal();
  const answer = io.ask("Which? ");
  keys.end();
  await expect(answer).rejects.toThrow("Not answered");
});
