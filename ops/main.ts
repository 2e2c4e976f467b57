import path from "node:path";
import { CommanderError } from "commander";
import { type Context, EXIT, type GlobalOptions } from "./context.ts";
import { Publications } from "./github/publish/publications.ts";
import { Interrupt } from "./interrupt.ts";
import { Notifications } from "./notify/notifying.ts";
import { buildProgram } from "./program.ts";
import { quoted } from "./report/next-steps.ts";
import type { Selector } from "./selector.ts";
import type { Io } from "./terminal/io.ts";
import { UserError } from "./user-error.ts";

export type MakeSelector = (io: Io, options: GlobalOptions) => Promise<Selector>;

const makeSelector: MakeSelector = async (...args) => (await import("./select-engine.ts")).selectEngine(...args);

/** Runs one command line and returns its exit code. Never throws, never ends the process (but for a second Ctrl-C). */
export async function main(args: readonly string[], io: Io, selector: MakeSelector = makeSelector): Promise<number> {
  const interrupt = new Interrupt(io);
  let exitCode: number = EXIT.done;
  const program = buildProgram(io, async (options, run) => {
    const say = options.json ? io.err : io.out;
    const notifications = new Notifications(io, options.local === true);
    const publications = new Publications();
    const context: Context = {
      io,
      options,
      say,
      signal: interrupt.signal,
      command: commandName(io.cwd, io.env.LIFTLOCK_COMMAND),
      heard: publications.heard,
      begins: (beginning) => publications.begins(context, beginning),
      selector: publications.listen(notifications.listen(await selector(io, options))),
    };
    try {
      exitCode = await run(context);
    } finally {
      await notifications.settled();
      await publications.settled(context);
    }
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    return explained(error, io);
  } finally {
    interrupt.dispose();
  }
}

/** Says what went wrong and returns the exit code. Only a fault of ours is worth a stack trace, and that only when asked for. */
function explained(error: unknown, io: Io): number {
  const { red, bold } = io.colors;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof UserError) {
    io.err(`${red(bold("error:"))} ${error.message}`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
  io.err(`${red(bold("error:"))} ${message}`);
  io.err("This is a fault of liftlock: please report it, with the command that you ran. LIFTLOCK_DEBUG=1 shows where it happened.");
  if (io.env.LIFTLOCK_DEBUG && error instanceof Error) io.err(error.stack ?? "");
  return EXIT.failed;
}

/** How the user reaches the wrapper script from where they are, for the commands that we suggest. */
export function commandName(cwd: string, given: string | undefined): string {
  if (given) return given;
  const wrapper = path.join(import.meta.dirname, "..", "liftlock");
  const relative = path.relative(cwd, wrapper);
  const outside = relative.startsWith("..") || path.isAbsolute(relative);
  return quoted(outside ? (relative.length < wrapper.length ? relative : wrapper) : `./${relative}`);
}
