import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { LockOwner } from "../engine.ts";
import { isAlive } from "../process-alive.ts";

/** Who holds a stack of a file backend, oldest first: its lock files lie in one folder (pulumi, pkg/backend/diy/lock.go). */
export async function lockOwners(backendDir: string, project: string, stack: string): Promise<LockOwner[]> {
  const dir = path.join(backendDir, ".pulumi", "locks", "organization", project, stack);
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found = await Promise.all(names.filter((name) => name.endsWith(".json")).map((name) => readLock(path.join(dir, name))));
  return found.flatMap((owner) => owner ?? []).sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}

/** Undefined when it was freed meanwhile. One that cannot be understood is a lock all the same. */
async function readLock(file: string): Promise<LockOwner | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { pid, username, hostname: host, timestamp } = parsed(text);
  const owner = { pid: Number(pid ?? 0), username: String(username ?? "unknown"), hostname: String(host ?? "unknown") };
  return { ...owner, timestamp: String(timestamp ?? "unknown"), alive: isAlive(owner.hostname, owner.pid, hostname()) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const lock = JSON.parse(text) as unknown;
    return typeof lock === "object" && lock !== null ? (lock as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
