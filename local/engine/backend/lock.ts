import { randomUUID } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { LockOwner } from "../../../ops/engine.ts";
import { called, UserError } from "../../../ops/user-error.ts";
import { privateDir, writeAtomic } from "./atomic-file.ts";
import { timestamp } from "./clock.ts";
import type { StackLayout } from "./layout.ts";

/** How often two that ask at the very same moment try again before both give up. */
const ATTEMPTS = 8;

/**
 * Takes a stack's lock by Pulumi's protocol (pkg/backend/diy/lock.go): look for others, write a lock file of one's own, look again, and
 * take it back if others came. Of two that both wrote first, both take back and try again after a random pause, so that one gets through.
 */
export async function acquireLock(layout: StackLayout): Promise<{ release(): Promise<void> }> {
  const name = `${randomUUID()}.json`;
  const file = path.join(layout.lockDir, name);
  await privateDir(layout.lockDir);
  for (let attempt = 1; ; attempt++) {
    const holders = await readLocks(layout);
    if (holders.length > 0) throw locked(layout, holders);
    // the temporary file lies outside the folder: whatever is inside counts as a lock
    await writeAtomic(file, ownLock(), { temporaryDir: path.dirname(layout.lockDir) });
    const rivals = await readLocks(layout, name);
    if (rivals.length === 0) return { release: () => rm(file, { force: true }) };
    await rm(file, { force: true });
    if (attempt === ATTEMPTS) throw locked(layout, rivals);
    await pause(Math.random() * 20 * attempt);
  }
}

/** Who holds the stack, oldest first. */
export async function readLocks(layout: StackLayout, except?: string): Promise<LockOwner[]> {
  const owners: LockOwner[] = [];
  for (const name of await lockFiles(layout)) {
    if (name === except) continue;
    const owner = await readLock(path.join(layout.lockDir, name));
    if (owner !== undefined) owners.push(owner);
  }
  return owners.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}

/** Takes every lock of the stack away, whoever holds it. */
export async function removeLocks(layout: StackLayout): Promise<LockOwner[]> {
  const owners = await readLocks(layout);
  for (const name of await lockFiles(layout)) {
    await rm(path.join(layout.lockDir, name), { force: true });
    await rm(path.join(layout.lockDir, `${name}.attrs`), { force: true }); // what Pulumi's file store keeps beside its files
  }
  return owners;
}

async function lockFiles(layout: StackLayout): Promise<string[]> {
  try {
    return (await readdir(layout.lockDir)).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

const ownLock = (): string => JSON.stringify({ pid: process.pid, username: username(), hostname: os.hostname(), timestamp: timestamp() });

function username(): string {
  try {
    return os.userInfo().username;
  } catch {
    return "unknown"; // a container's user without an entry in /etc/passwd
  }
}

/** `undefined` when it was freed meanwhile. A lock file that cannot be read is a lock all the same. */
async function readLock(file: string): Promise<LockOwner | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  let lock: Record<string, unknown> = {};
  try {
    lock = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {}
  const pid = Number(lock.pid ?? 0);
  const hostname = String(lock.hostname ?? "unknown");
  return {
    pid,
    username: String(lock.username ?? "unknown"),
    hostname,
    timestamp: String(lock.timestamp ?? "unknown"),
    alive: hostname === os.hostname() && pid > 0 ? isAlive(pid) : undefined,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"; // EPERM: somebody else's, but there
  }
}

function locked(layout: StackLayout, owners: LockOwner[]): UserError {
  const { stack } = layout;
  const lines = owners.map(
    (o) => `  ${o.username}@${o.hostname} (pid ${o.pid}) since ${o.timestamp.replace(/\.\d+/, "")}: ${STATES[String(o.alive)]}`,
  );
  const dead = owners.every((o) => o.alive === false);
  const remedy = dead
    ? `Nothing is at work on it. Take the lock away with \`${called()} cancel ${stack} --local\`, then run \`${called()} up ${stack} --local\`: it settles what was under way.`
    : `Wait for it to end. If you are sure that it is stuck: \`${called()} cancel ${stack} --local\`.`;
  return new UserError([`Stack ${stack} is locked:`, ...lines, remedy].join("\n"));
}
const STATES: Record<string, string> = { true: "still running", false: "no longer running", undefined: "on another machine" };
