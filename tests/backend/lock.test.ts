import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { open, refusal, temporaryDir, worldWithStack } from "./support.ts";

const lockDir = (dir: string): string => path.join(dir, ".pulumi", "locks", "organization", "p", "dev");
const PROCESS = path.join(import.meta.dirname, "process.ts");

/** Puts a lock there as the Pulumi CLI writes it. */
function plantLock(dir: string, lock: { pid: number; hostname: string }): void {
  mkdirSync(lockDir(dir), { recursive: true });
  const file = path.join(lockDir(dir), `cd14e95f-b5b6-4ba1-929d-0${String(lock.pid).padStart(11, "0")}.json`);
  writeFileSync(
    file,
    JSON.stringify({ pid: lock.pid, username: "user", hostname: lock.hostname, timestamp: "2026-11-21T10:53:11.03310016Z" }),
  );
  writeFileSync(`${file}.attrs`, "{}"); // the CLI's file store keeps such a file beside each of its own
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid!;
}

describe("a stack's lock", () => {
  it("is a file in the CLI's layout, and goes when it is released", async () => {
    const dir = temporaryDir();
    const backend = await open(dir);
    const lock = await backend.lock();
    const [file, ...others] = readdirSync(lockDir(dir));
    expect(others).toEqual([]);
    expect(file).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/);
    const content = JSON.parse(readFileSync(path.join(lockDir(dir), file!), "utf8"));
    expect(Object.keys(content)).toEqual(["pid", "username", "hostname", "timestamp"]);
    expect(content).toMatchObject({ pid: process.pid, hostname: os.hostname(), timestamp: expect.stringMatching(/^20.*Z$/) });
    await lock.release();
    expect(readdirSync(lockDir(dir))).toEqual([]);
    await (await backend.lock()).release();
  });

  it("names its owner to whoever comes second", async () => {
    const dir = temporaryDir();
    const lock = await (await open(dir)).lock();
    const { message } = await refusal((await open(dir)).lock());
    expect(message).toMatch(
      new RegExp(`Stack dev is locked:\\n {2}\\S+@${os.hostname()} \\(pid ${process.pid}\\) since 20[-\\dT:]+Z: still running`),
    );
    expect(message).toMatch(/Wait for it to end.*liftlock cancel dev --local/);
    expect(readdirSync(lockDir(dir))).toHaveLength(1);
    await lock.release();
  });

  it("of another stack is in nobody's way", async () => {
    const dir = temporaryDir();
    const locks = [await (await open(dir)).lock(), await (await open(dir, { stack: "prod" })).lock()];
    await Promise.all(locks.map((l) => l.release()));
  });

  it("of a dead owner is told from one that lives", async () => {
    const dir = temporaryDir();
    const pid = await deadPid();
    plantLock(dir, { pid, hostname: os.hostname() });
    const backend = await open(dir);
    expect(await backend.lockOwners()).toEqual([
      { pid, username: "user", hostname: os.hostname(), timestamp: "2026-11-21T10:53:11.03310016Z", alive: false },
    ]);
    const { message } = await refusal(backend.lock());
    expect(message).toContain(`user@${os.hostname()} (pid ${pid}) since 2026-11-21T10:53:11Z: no longer running`);
    expect(message).toMatch(/Take the lock away with `liftlock cancel dev --local`/);
    expect((await backend.cancel()).map((o) => o.pid)).toEqual([pid]);
    expect(readdirSync(lockDir(dir))).toEqual([]);
    await (await backend.lock()).release();
  });

  it("from another machine may be alive", async () => {
    const dir = temporaryDir();
    plantLock(dir, { pid: await deadPid(), hostname: "elsewhere" });
    const backend = await open(dir);
    expect((await backend.lockOwners())[0]!.alive).toBeUndefined();
    expect((await refusal(backend.lock())).message).toMatch(/on another machine\nWait for it to end/);
  });

  it("that cannot be read is a lock all the same", async () => {
    const dir = temporaryDir();
    mkdirSync(lockDir(dir), { recursive: true });
    writeFileSync(path.join(lockDir(dir), "x.json"), "{");
    const backend = await open(dir);
    expect((await refusal(backend.lock())).message).toMatch(/Stack dev is locked/);
    expect(await backend.cancel()).toHaveLength(1);
    expect(await backend.cancel()).toEqual([]);
  });

  it("is held by one of many processes at a time, and each change under it survives", async () => {
    const dir = await worldWithStack();
    const [workers, rounds] = [4, 5];
    const children = Array.from({ length: workers }, (_, i) =>
      spawn(process.execPath, [PROCESS, "count", dir, String(i), String(rounds)], { stdio: ["ignore", "pipe", "inherit"] }),
    );
    const codes = await Promise.all(children.map(async (c) => (await once(c, "exit"))[0]));
    expect(codes).toEqual(children.map(() => 0));
    const { resources } = (await (await open(dir)).load())!;
    // a lock held twice would have lost one of these, or written one over the other
    expect(
      resources
        .slice(1)
        .map((r) => r.id)
        .sort(),
    ).toEqual(Array.from({ length: workers * rounds }, (_, i) => `${Math.floor(i / rounds)}-${i % rounds}`).sort());
    expect(readdirSync(lockDir(dir))).toEqual([]);
  });
});
