import path from "node:path";
import picocolors from "picocolors";
import { main } from "../../ops/main.ts";
import type { Io } from "../../ops/terminal/io.ts";

export const root = path.resolve(import.meta.dirname, "../..");

/** Runs a command line of ours, as the wrapper would. */
export async function run(
  args: readonly string[],
  cwd = root,
  more: Partial<Io> = {},
): Promise<{ exitCode: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    cwd,
    env: { LIFTLOCK_COMMAND: "liftlock" },
    colors: picocolors.createColors(false),
    interactive: false,
    screen: undefined,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    ask: async () => "",
    onInterrupt: () => () => {},
    kill: () => {
      throw new Error("a command of these tests ended the process");
    },
    ...more,
  };
  const exitCode = await main(args, io);
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}
