import { spawn } from "node:child_process";
import { accessSync, constants, realpathSync } from "node:fs";
import path from "node:path";
import type { automation } from "@pulumi/pulumi";
import { gte, parse, type Range, type SemVer, satisfies } from "semver";
import { UserError } from "../user-error.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Since 3.206 the CLI streams its events over a socket; before that through a file that has to be polled. */
export const MINIMUM_VERSION = "3.206.0";

const INSTALL = `Install the Pulumi CLI, then try again:
  curl -fsSL https://get.pulumi.com | sh       Linux and macOS, the official script
  brew install pulumi/tap/pulumi               macOS and Linux, Homebrew
  winget install pulumi                        Windows (or: choco install pulumi)
  https://www.pulumi.com/docs/install/         packages and other ways
A CLI elsewhere: --pulumi PATH, or the variable PULUMI_COMMAND. Without one, --local runs everything on the local world.`;

/** A run of the CLI that ended with another code than 0. */
export class CliFailure extends Error {
  readonly args: readonly string[];
  /** -1 when a signal ended it, or it could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  constructor(args: readonly string[], code: number, stdout: string, stderr: string) {
    super(`pulumi ${args[0]} ended with ${code}`);
    this.name = "CliFailure";
    this.args = args;
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/**
 * The `pulumi` executable as the Automation API uses one. It runs in a process group of its own: a Ctrl-C in the terminal must reach it once
 * (through `signal`), for the second ends it without saving what was under way.
 */
export class Cli {
  readonly command: string;
  readonly version: SemVer;
  readonly #env: Env;

  constructor(command: string, version: SemVer, env: Env) {
    this.command = command;
    this.version = version;
    this.#env = env;
  }

  /** The same as the Automation API's own command takes and gives. */
  run(
    args: string[],
    cwd: string,
    additionalEnv: Record<string, string> = {},
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
    signal?: AbortSignal,
    input?: string,
  ): Promise<{ stdout: string; stderr: string; code: number }> {
    const all = args.includes("--non-interactive") ? args : [...args, "--non-interactive"];
    const env = { ...runEnvironment(this.#env, this.command), ...additionalEnv };
    return execute(this.command, all, { cwd, env, onOutput, onError, signal, input });
  }

  /** What the Automation API's types ask for; its class cannot be constructed from outside. */
  get forAutomation(): automation.PulumiCommand {
    return this as unknown as automation.PulumiCommand;
  }
}

export interface FindCli {
  readonly env: Env;
  readonly cwd: string;
  /** `--pulumi PATH`. */
  readonly given?: string | undefined;
  /** `requiredPulumiVersion` of Pulumi.yaml. */
  readonly required?: string | undefined;
}

/** Finds the CLI and checks its version. Everything that is wrong is a UserError with exit code 2. */
export async function findCli({ env, cwd, given, required }: FindCli): Promise<Cli> {
  const wanted = given ?? (env.PULUMI_COMMAND || undefined);
  const command = wanted?.includes(path.sep) ? path.resolve(cwd, wanted) : onPath(wanted ?? "pulumi", env);
  const said = given === undefined ? "PULUMI_COMMAND" : "--pulumi";
  if (command === undefined || !isExecutable(command)) {
    const what = wanted === undefined ? "There is no `pulumi` on PATH." : `${said} names ${wanted}, which is no program that can be run.`;
    throw new UserError(`${what} Without --local, liftlock drives the Pulumi CLI.\n${INSTALL}`, 2);
  }
  const version = await versionOf(command, env, cwd);
  if (!gte(version, MINIMUM_VERSION)) {
    throw new UserError(
      `${command} is Pulumi ${version}; liftlock needs ${MINIMUM_VERSION} or newer (how it follows a run).\n${INSTALL}`,
      2,
    );
  }
  if (required !== undefined && !satisfies(version, required as unknown as Range | string)) {
    throw new UserError(`${command} is Pulumi ${version}; Pulumi.yaml asks for ${required} (requiredPulumiVersion).\n${INSTALL}`, 2);
  }
  return new Cli(command, version, env);
}

async function versionOf(command: string, env: Env, cwd: string): Promise<SemVer> {
  const failed = (why: string) => new UserError(`${command} does not say its version: ${why}.\n${INSTALL}`, 2);
  const { stdout } = await execute(command, ["version"], { cwd, env: runEnvironment(env, command) }).catch((error: CliFailure) => {
    throw failed(error.stderr.trim().split("\n").at(-1) || `it ended with ${error.code}`);
  });
  const version = parse(stdout.trim());
  if (version === null) throw failed(`it printed "${stdout.trim().slice(0, 80)}"`);
  return version;
}

/** The user's environment; the program runs on the Node.js that runs us, for the one on PATH may be too old for it. */
function runEnvironment(env: Env, command: string): Record<string, string> {
  const own = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const node = onPath("node", env);
  const first = node !== undefined && realpathSync(node) === realpathSync(process.execPath) ? [] : [path.dirname(process.execPath)];
  return {
    ...own,
    PATH: [path.dirname(command), ...first, env.PATH ?? ""].join(path.delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API: "true",
  };
}

interface Execution {
  cwd: string;
  env: Record<string, string>;
  onOutput?: ((text: string) => void) | undefined;
  onError?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** On its standard input, such as a secret that no command line may hold. */
  input?: string | undefined;
}

function execute(command: string, args: string[], { cwd, env, onOutput, onError, signal, input }: Execution) {
  return new Promise<{ stdout: string; stderr: string; code: number }>((resolve, reject) => {
    if (signal?.aborted) return reject(new CliFailure(args, -1, "", "cancelled before it began"));
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    let [stdout, stderr] = ["", ""];
    // A CLI that ends early closes its input; its exit code says why.
    child.stdin?.on("error", () => {}).end(input);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onOutput?.(text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onError?.(text);
    });
    const interrupt = (): void => void child.kill("SIGINT");
    signal?.addEventListener("abort", interrupt, { once: true });
    child.on("error", (error) => reject(new CliFailure(args, -1, stdout, error.message)));
    child.on("close", (code) => {
      signal?.removeEventListener("abort", interrupt);
      if (code === 0) resolve({ stdout, stderr, code });
      else reject(new CliFailure(args, code ?? -1, stdout, stderr));
    });
  });
}

/** Absolute path of a program, as a shell finds it. */
export function onPath(name: string, env: Env): string | undefined {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  const dirs = (env.PATH ?? "").split(path.delimiter).filter((dir) => dir !== "");
  return dirs.flatMap((dir) => names.map((file) => path.resolve(dir, file))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
