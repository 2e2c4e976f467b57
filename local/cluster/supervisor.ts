import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { listProcesses, type RunningProcess } from "./builder/processes.js";
import { controllers, startOrder } from "./components.ts";
import type { Layout, ProgramName } from "./layout.ts";

const keepLogBytes = 5_000_000;

/**
 * The components of this control plane that run now, read from the machine's own process table: a component is a process whose program name is one of
 * ours and whose command line names a path inside our directory. So no file with process ids can be stale, lost, or point at another program.
 */
export function findComponents(layout: Layout): Map<ProgramName, RunningProcess[]> {
  const found = new Map<ProgramName, RunningProcess[]>();
  for (const running of listProcesses()) {
    const name = startOrder.find((candidate) => candidate === running.argv[0]);
    if (name && running.argv.join(" ").includes(`=${layout.dir}${path.sep}`)) found.set(name, [...(found.get(name) ?? []), running]);
  }
  return found;
}

/**
 * Starts a component in a session of its own, so that it outlives the command and its terminal. It holds nothing of the command: not its streams, not its
 * working directory, not its environment (which may hold a passphrase).
 */
export function launch(name: ProgramName, program: string, args: string[], layout: Layout): ChildProcess {
  const log = openLog(layout.log(name));
  try {
    const child = spawn(program, args, {
      argv0: name,
      cwd: layout.dir,
      detached: true,
      env: { PATH: "/usr/bin:/bin", HOME: layout.dir, TMPDIR: process.env.TMPDIR ?? "/tmp" },
      stdio: ["ignore", log, log],
    });
    child.on("error", () => {}); // seen by its exit code or its missing process
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * Ends components cleanly: what writes before what it writes to. One that does not end in time is killed.
 * @param names those to end; all by default
 * @param patience milliseconds that each has to end by itself
 */
export async function endComponents(layout: Layout, names: readonly ProgramName[] = startOrder, patience = 10_000): Promise<ProgramName[]> {
  const running = findComponents(layout);
  const ended = names.filter((name) => running.has(name));
  const endAll = (group: readonly ProgramName[]) =>
    Promise.all(
      group
        .filter((name) => names.includes(name))
        .flatMap((name) => (running.get(name) ?? []).map((one) => end(layout, name, one, patience))),
    );
  await endAll(controllers);
  await endAll(["kube-apiserver"]);
  await endAll(["etcd"]);
  return ended;
}

async function end(layout: Layout, name: ProgramName, target: RunningProcess, patience: number): Promise<void> {
  const lives = () =>
    findComponents(layout)
      .get(name)
      ?.some((one) => one.pid === target.pid && one.started === target.started) ?? false;
  for (const [signal, milliseconds] of [
    ["SIGTERM", patience],
    ["SIGKILL", 10_000],
  ] as const) {
    if (!lives()) return;
    signalQuietly(target.pid, signal);
    const deadline = Date.now() + milliseconds;
    while (lives()) {
      if (Date.now() > deadline) break;
      await delay(50);
    }
  }
  if (lives()) throw new Error(`${name} (process ${target.pid}) does not end, not even when killed`);
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // gone by itself
  }
}

/** The last lines of a component's log. */
export function lastWords(layout: Layout, name: ProgramName, lines = 15): string {
  const file = layout.log(name);
  if (!existsSync(file)) return "(no log)";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > keepLogBytes) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}
