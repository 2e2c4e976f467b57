import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { UserError } from "../../../ops/user-error.ts";
import { configEnvironment } from "../project.ts";
import type { StackConfig } from "../state.ts";

export interface ProgramOptions {
  projectDir: string;
  /** First module of the program, absolute. */
  file: string;
  project: string;
  stack: string;
  config: StackConfig;
  preview: boolean;
  parallel: number;
  address: string;
  /** What the process inherits; all that we have ourselves when not said. */
  env?: NodeJS.ProcessEnv;
  onLine(stream: "stdout" | "stderr", line: string): void;
}

export interface RunningProgram {
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>;
}

/** The exit code with which the SDK says: the error was logged to the engine already. */
export const exitAfterLoggedError = 32;

/**
 * Starts the unchanged program the way the Pulumi CLI's language host does, under the Node that runs us.
 * Its TypeScript runs by Node's own type stripping.
 */
export function startProgram(options: ProgramOptions): RunningProgram {
  const runner = findRunner(options.projectDir);
  const pwd = path.dirname(options.file);
  const child = spawn(
    process.execPath,
    [
      // A report that the user's NODE_OPTIONS may ask for would repeat the configuration, secrets too.
      "--report-exclude-env",
      `--require=${path.join(import.meta.dirname, "lazy-sdk.cjs")}`,
      `--require=${path.join(import.meta.dirname, "quick-sdk.cjs")}`,
      `--import=${new URL("end-with-host.js", import.meta.url).href}`,
      runner,
      `--monitor=${options.address}`,
      `--engine=${options.address}`,
      `--project=${options.project}`,
      `--stack=${options.stack}`,
      "--organization=organization",
      `--pwd=${pwd}`,
      `--root-directory=${path.resolve(options.projectDir)}`,
      `--parallel=${options.parallel}`,
      ...(options.preview ? ["--dry-run"] : []),
      options.file,
    ],
    // In a process group of its own: a Ctrl-C is the engine's to act on, not the program's.
    { cwd: pwd, detached: true, stdio: ["pipe", "pipe", "pipe"], env: environment(options, runner) },
  );
  const lines = [forward(child.stdout, "stdout", options), forward(child.stderr, "stderr", options)];
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      Promise.all(lines).then(() => resolve({ code, signal }), reject);
    });
  });
  exited.catch(() => {});
  return { exited, stop: () => stop(child, exited) };
}

function findRunner(projectDir: string): string {
  try {
    return createRequire(path.resolve(projectDir, "package.json")).resolve("@pulumi/pulumi/cmd/run/index.js");
  } catch {
    throw new UserError(
      `${path.resolve(projectDir)}: the program's packages are not installed (@pulumi/pulumi is missing): run npm install there.`,
    );
  }
}

function environment({ config, env = process.env }: ProgramOptions, runner: string): NodeJS.ProcessEnv {
  return {
    // Parsing the SDKs is most of a program's start; Node keeps the compiled code beside them.
    NODE_COMPILE_CACHE: path.join(runner.slice(0, runner.lastIndexOf("@pulumi")), ".cache", "liftlock"),
    ...env,
    ...configEnvironment(config),
    PULUMI_NODEJS_TYPESCRIPT: "false",
  };
}

async function forward(stream: Readable | null, name: "stdout" | "stderr", { onLine }: ProgramOptions): Promise<void> {
  if (stream === null) return;
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(name, line);
}

async function stop(child: ChildProcess, exited: RunningProgram["exited"]): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await exited.catch(() => {});
}
