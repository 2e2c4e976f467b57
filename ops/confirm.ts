import type { GlobalOptions } from "./context.ts";
import type { Io } from "./terminal/io.ts";
import { UserError } from "./user-error.ts";

/** A cluster that is not ours to break: its context's name has to be typed, or repeated in `--confirm-context`. */
export async function confirmContext(io: Io, options: GlobalOptions, target: { context: string; server: string }): Promise<void> {
  const { context, server } = target;
  if (options.confirmContext !== undefined) {
    if (options.confirmContext === context) return;
    throw new UserError(`--confirm-context says "${options.confirmContext}", --context says "${context}": they must be the same.`, 2);
  }
  await typed(io, {
    warning: `This changes the cluster of context ${context} (${server}), which is not the local control plane.`,
    expected: context,
    question: `Type the context's name to go on: `,
    flag: `--confirm-context ${context}`,
  });
}

export interface Confirmation {
  /** What is about to happen. */
  readonly warning: string;
  readonly expected: string;
  readonly question: string;
  /** How a script says the same. */
  readonly flag: string;
}

/** Goes on when the expected word was typed; otherwise nothing has happened yet. */
export async function typed(io: Io, { warning, expected, question, flag }: Confirmation): Promise<void> {
  if (!io.interactive) throw new UserError(`${warning.trim()}\nNobody can be asked here: add ${flag} to go on.`, 2);
  io.err(io.colors.yellow(warning));
  if ((await io.ask(question)) === expected) return;
  throw new UserError(`That is not "${expected}": nothing was done.`, 2);
}
