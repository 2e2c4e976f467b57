import { createInterface } from "node:readline/promises";
import picocolors from "picocolors";
import { answered, hangUp } from "./answered.ts";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** What a command knows of the terminal it runs in; tests hand in their own. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly colors: Colors;
  /** A person can answer a question. */
  readonly interactive: boolean;
  /** Where the moving status line goes; `undefined` when nobody watches. */
  readonly screen: NodeJS.WriteStream | undefined;
  out(text: string): void;
  err(text: string): void;
  ask(question: string): Promise<string>;
  /** Everything on standard input, where no person sits. */
  input?(): Promise<string>;
  /** Calls back at every Ctrl-C (and SIGTERM) until the returned function is called. */
  onInterrupt(handler: (signal: NodeJS.Signals) => void): () => void;
  /** The time that gates decide by; left out, this machine's. No option sets it: tests do, that let a release soak for days. */
  readonly now?: () => Date;
  /** Ends at once, with whatever is under way. */
  kill(exitCode: number): never;
}

/** https://no-color.org: any value of NO_COLOR turns colours off. */
export function wantsColor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): boolean {
  if (args.includes("--no-color") || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

export function processIo(own: NodeJS.Process, args: readonly string[]): Io {
  const watched = own.stderr.isTTY === true && own.env.TERM !== "dumb" && own.env.CI === undefined;
  return {
    cwd: own.cwd(),
    env: own.env,
    colors: picocolors.createColors(wantsColor(own.stdout, own.env, args)),
    interactive: own.stdin.isTTY === true && own.stderr.isTTY === true,
    screen: watched ? own.stderr : undefined,
    out: (text) => void own.stdout.write(`${text}\n`),
    err: (text) => void own.stderr.write(`${text}\n`),
    async input() {
      let text = "";
      for await (const chunk of own.stdin.setEncoding("utf8")) text += String(chunk);
      return text;
    },
    async ask(question) {
      const lines = createInterface({ input: own.stdin, output: own.stderr });
      const hungUp = new Promise<never>((_, reject) => lines.once("close", () => reject(hangUp())));
      try {
        return (await answered(Promise.race([lines.question(question), hungUp]))).trim();
      } finally {
        lines.close();
      }
    },
    onInterrupt(handler) {
      own.on("SIGINT", handler).on("SIGTERM", handler);
      return () => void own.off("SIGINT", handler).off("SIGTERM", handler);
    },
    kill: (exitCode) => own.exit(exitCode),
  };
}
