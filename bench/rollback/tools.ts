import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

/** A program of another project that is measured beside us: on PATH, or where the variable says. */
export interface Tool {
  readonly command: string;
  readonly version: string;
}

export async function findTool(name: string, variable: string, args: readonly string[]): Promise<Tool | undefined> {
  const command = process.env[variable] ?? name;
  const asked = promisify(execFile)(command, [...args]).catch(() => undefined);
  const text = (await asked)?.stdout.trim().split("\n")[0];
  return text === undefined ? undefined : { command, version: text };
}

export interface Ended {
  readonly exitCode: number | null;
  /** It was ended because the cap had come. */
  readonly capped: boolean;
}

/** Runs a command to its end, or to the cap (seconds from now); `input` goes to its standard input. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cap: number, input?: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let capped = false;
    const child = spawn(command, [...args], { env, stdio: [input === undefined ? "ignore" : "pipe", "ignore", "pipe"] });
    const timer = setTimeout(() => {
      capped = true;
      child.kill("SIGTERM");
    }, cap * 1000);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    child.on("error", reject);
    child.on("exit", (exitCode) => {
      clearTimeout(timer);
      if (process.env.BENCH_DEBUG && said !== "") console.error(said);
      resolve({ exitCode, capped });
    });
    if (input !== undefined) child.stdin?.end(input);
  });
}
