import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Place } from "./place.ts";

const filesOf = ({ lockDir }: Place): string[] =>
  existsSync(lockDir) ? readdirSync(lockDir).filter((name) => name.endsWith(".json")) : [];

/** In the recorded words. */
export function refuseLocked(place: Place, fail: (text: string) => never): void {
  const names = filesOf(place);
  if (names.length === 0) return;
  const lines = names.map((name) => {
    const { pid, username, hostname, timestamp } = JSON.parse(readFileSync(path.join(place.lockDir, name), "utf8"));
    const since = String(timestamp).replace(/\.\d+/, "");
    return `\n  file://${path.join(place.lockDir, name)}?no_tmp_dir=true: created by ${username}@${hostname} (pid ${pid}) at ${since}`;
  });
  fail(
    `the stack is currently locked by ${names.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.${lines.join("")}`,
  );
}

/** Returns what frees it. */
export function lock({ lockDir }: Place): () => void {
  mkdirSync(lockDir, { recursive: true });
  const file = path.join(lockDir, `${randomUUID()}.json`);
  const owner = { pid: process.pid, username: os.userInfo().username, hostname: os.hostname(), timestamp: new Date().toISOString() };
  writeFileSync(file, JSON.stringify(owner));
  return () => rmSync(file, { force: true });
}

export function free(place: Place): void {
  for (const name of filesOf(place)) rmSync(path.join(place.lockDir, name), { force: true });
}

export function cancel(place: Place): void {
  free(place);
  process.stdout.write(`The currently running update for '${place.stack}' has been canceled!\n`);
}
