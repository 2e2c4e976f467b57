import picocolors from "picocolors";
import { main } from "../../../ops/main.ts";
import type { Io } from "../../../ops/terminal/io.ts";

export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Who types, where, and with what around them. */
export interface Person extends Pick<Io, "cwd" | "env" | "now"> {
  /** To questions, in order; left out, nobody can be asked. */
  readonly answers?: readonly string[] | undefined;
  /** Handed a function that presses Ctrl-C. */
  readonly interrupt?: ((press: () => void) => void) | undefined;
}

/** Runs a command line as a person would, but for the terminal. */
export async function liftlock(args: readonly string[], { answers, interrupt, ...place }: Person): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const left = [...(answers ?? [])];
  const exitCode = await main(args, {
    ...place,
    env: { LIFTLOCK_COMMAND: "liftlock", ...place.env },
    colors: picocolors.createColors(false),
    interactive: answers !== undefined,
    screen: undefined,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    ask: async () => left.shift() ?? "",
    onInterrupt: (handler) => {
      interrupt?.(() => handler("SIGINT"));
      return () => {};
    },
    kill: () => {
      throw new Error("killed");
    },
  });
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}

/** Flags by which a command works on the control plane of the tests. */
export const onContext = (context: string): string[] => ["--local", "--context", context, "--confirm-context", context];
