import type { Context } from "../context.ts";
import { repeatedFlags } from "../repeated-flags.ts";

/** A restore that was interrupted while everything that writes is stopped. */
export interface Unfinished {
  /** The backup, or the server. */
  readonly what: string;
  /** How the command is to be called that finishes it: `--backup ID`, `--to TIME`, `--back`. */
  readonly by: string;
}

export function unfinished(outputs: Readonly<Record<string, unknown>>): Unfinished | undefined {
  const { restoring, restoringBy } = outputs;
  if (typeof restoring !== "string") return undefined;
  return { what: restoring, by: typeof restoringBy === "string" ? restoringBy : `--backup ${restoring}` };
}

/** Why nothing else may run meanwhile, and what ends it. */
export function unfinishedText(
  { command, options }: Pick<Context, "command" | "options">,
  stack: string,
  { what, by }: Unfinished,
): string {
  const half = by.startsWith("--backup") ? ", and its data may be half of each" : "";
  return `${stack} is stopped: a restore of ${what} was interrupted${half}. Finish it first: ${command} restore ${stack} ${by}${repeatedFlags(options)}`;
}
