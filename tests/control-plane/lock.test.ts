import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockOwner, takeAway, tryLock, withLock } from "../../local/cluster/builder/lock.js";
import { findProcess, listProcesses } from "../../local/cluster/builder/processes.js";

let dir = "";
let file = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-lock-"));
  file = path.join(dir, "the.lock");
});
afterEach(() => rmSync(dir, { recursive: true }));

const ended = spawnSync(process.execPath, ["-e", ""]).pid;

test("a process is found by its id, with its command line, and not after its end", () => {
  expect(findProcess(process.pid)?.argv[0]).toBe(listProcesses().find(({ pid }) => pid === process.pid)?.argv[0]);
  expect(findProcess(process.pid)?.started).toBe(findProcess(process.pid)?.started);
  expect(findProcess(ended)).toBeUndefined();
});

test("a lock names its owner, and is gone afterwards, also when the work fails", async () => {
  await withLock(file, "tests", async () => expect(lockOwner(file)).toMatchObject({ pid: process.pid, purpose: "tests" }));
  expect(existsSync(file)).toBe(false);
  await expect(withLock(file, "tests", () => Promise.reject(new Error("work failed")))).rejects.toThrow("work failed");
  expect(readdirSync(dir)).toEqual([]);
});

test("while it is held, another one waits and is told who holds it", async () => {
  const order: string[] = [];
  const waiting = Promise.withResolvers<void>();
  const first = withLock(file, "the first", async () => {
    await waiting.promise;
    order.push("first");
  });
  const second = withLock(file, "the second", async () => void order.push("second"), {
    pollMilliseconds: 1,
    onWait: (owner) => {
      expect(owner.purpose).toBe("the first");
      waiting.resolve();
    },
  });
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "second"]);
});

test("waiting ends when it is called off", async () => {
  await withLock(file, "the first", async () => {
    const second = withLock(file, "the second", async () => {}, { signal: AbortSignal.timeout(20) });
    await expect(second).rejects.toThrow(/abort/i);
  });
});

test.each([
  ["whose owner has ended", JSON.stringify({ pid: ended, started: "then", purpose: "x" })],
  ["whose owner's id another program has now", JSON.stringify({ pid: process.pid, started: "another time", purpose: "x" })],
  ["that is damaged", "{"],
  ["that is empty", ""],
])("a lock %s is taken over", (_, content) => {
  writeFileSync(file, content);
  expect(lockOwner(file)).toBeUndefined();
  expect(tryLock(file, "tests")).toBeUndefined();
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid });
  expect(readdirSync(dir)).toEqual(["the.lock"]);
});

test("taking a dead owner's lock away spares the one that another process put in its place meanwhile", () => {
  writeFileSync(file, "a new owner");
  takeAway(file, "the dead owner");
  expect(readFileSync(file, "utf8")).toBe("a new owner");
  takeAway(file, "a new owner");
  expect(readdirSync(dir)).toEqual([]);
});

test("of many processes that find a dead owner's lock, one has it at a time", async () => {
  writeFileSync(file, "{");
  const shared = path.join(dir, "inside");
  const lock = fileURLToPath(new URL("../../local/cluster/builder/lock.js", import.meta.url));
  const program = `
    import { existsSync, rmSync, writeFileSync } from "node:fs";
    import { withLock } from ${JSON.stringify(lock)};
    for (let round = 0; round < 10; round++) await withLock(${JSON.stringify(file)}, "a race", async () => {
      if (existsSync(${JSON.stringify(shared)})) throw new Error("two inside");
      writeFileSync(${JSON.stringify(shared)}, "");
      await new Promise(setImmediate);
      rmSync(${JSON.stringify(shared)});
    }, { pollMilliseconds: 1 });`;
  const codes = await Promise.all(
    Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "ignore", "inherit"] });
      return new Promise((resolve) => child.on("close", resolve));
    }),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
});
