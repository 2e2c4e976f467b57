import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../ops/user-error.ts";
import { withLock } from "../cluster/builder/lock.js";
import type { Furniture } from "./furnish.ts";
import type { Serving } from "./serve.ts";

export interface Standing {
  readonly url: string;
  readonly token: string;
}

const START_MILLISECONDS = 30_000;
const serverFile = (dir: string): string => path.join(dir, "server.json");

/** The local world's GitHub with what a project takes for granted; started when it does not run. */
export async function standingGithub(dir: string, wanted: Furniture): Promise<Standing> {
  const serving = (await answering(dir)) ?? (await started(dir));
  const response = await fetch(serving.control, {
    method: "POST",
    headers: { authorization: `Bearer ${serving.key}` },
    body: JSON.stringify(wanted),
  });
  if (!response.ok) throw new UserError(`The local GitHub cannot hold ${wanted.owner}/${wanted.repository}: ${await response.text()}`);
  return { url: serving.url, token: ((await response.json()) as { token: string }).token };
}

/** The one that runs already, with what was asked of it; undefined when none runs. Starts nothing. */
export const runningGithub = async (dir: string, wanted: Furniture): Promise<Standing | undefined> =>
  (await answering(dir)) === undefined ? undefined : standingGithub(dir, wanted);

/** Ends it; what it holds is kept. */
export async function stopGithub(dir: string): Promise<void> {
  const serving = await answering(dir);
  if (serving === undefined) return;
  process.kill(serving.pid, "SIGTERM");
  const deadline = Date.now() + START_MILLISECONDS;
  // Until it is gone, not only silent: it still writes what it holds.
  while (isRunning(serving.pid) && Date.now() < deadline) await delay(25);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A file can be left over, and its port be somebody else's by now: only who knows the key is it. */
async function answering(dir: string): Promise<Serving | undefined> {
  try {
    const serving = JSON.parse(await readFile(serverFile(dir), "utf8")) as Serving;
    const headers = { authorization: `Bearer ${serving.key}` };
    const { ok } = await fetch(serving.control, { headers, signal: AbortSignal.timeout(5_000) });
    return ok ? serving : undefined;
  } catch {
    return undefined;
  }
}

async function started(dir: string): Promise<Serving> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return withLock(path.join(dir, "lock"), "starts the local GitHub", async () => {
    const before = await answering(dir);
    if (before !== undefined) return before;
    const log = path.join(dir, "log");
    const output = openSync(log, "w", 0o600);
    const child = spawn(process.execPath, [path.join(import.meta.dirname, `serve${path.extname(import.meta.filename)}`), dir], {
      cwd: dir,
      detached: true,
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: dir, TMPDIR: process.env.TMPDIR ?? "/tmp" },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    child.unref();
    let ended = false;
    child.once("exit", () => {
      ended = true;
    });
    child.once("error", () => {
      ended = true;
    });
    const deadline = Date.now() + START_MILLISECONDS;
    while (!ended && Date.now() < deadline) {
      const now = await answering(dir);
      if (now?.pid === child.pid && now !== undefined) return now;
      await delay(20);
    }
    throw new UserError(`The local GitHub did not start: ${log} says why.`);
  });
}
