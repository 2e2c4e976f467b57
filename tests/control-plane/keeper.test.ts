import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { keeper } from "../../local/cluster/keeper.ts";
import type { ProgramName } from "../../local/cluster/layout.ts";

const running = (): ChildProcess => spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

test("a program that was begun is not begun again while it runs, though the process table does not name it yet; one that ended is, a few times", async () => {
  const begun = new Map<ProgramName, ChildProcess>([["kwok", running()]]);
  const again: string[] = [];
  const begin = (name: ProgramName) => {
    again.push(name);
    begun.set(name, running());
    return begun.get(name)!;
  };
  const check = keeper(
    () => ["kwok"],
    begin,
    begun,
    (name) => new Error(`${name} ended`),
  );
  check();
  expect(again).toEqual([]);
  for (let time = 1; time <= 3; time++) {
    await end(begun.get("kwok")!);
    check();
    expect(again).toHaveLength(time);
  }
  await end(begun.get("kwok")!);
  expect(check).toThrow("kwok ended");
});

test("an API server that ended is not begun again", () => {
  const check = keeper(
    () => ["kube-apiserver"],
    () => expect.fail("begun"),
    new Map(),
    (name) => new Error(`${name} ended`),
  );
  expect(check).toThrow("kube-apiserver ended");
});
