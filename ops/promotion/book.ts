import type { Context } from "../context.ts";
import type { Happening, Ledger, LedgerEvent } from "../ledger/event.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { count } from "../report/text.ts";
import { UserError } from "../user-error.ts";

/** The ledger as a run sees it: what stood in it at the beginning, and a way to add to it that never hides how the run ended. */
export interface Book {
  readonly events: readonly LedgerEvent[];
  /** Adds entries; a ledger that cannot be written is said, and thrown only where the entry is the point of the command. */
  append(...what: Happening[]): Promise<void>;
}

/**
 * Opens the ledger. A run that deploys goes on without one: a broken ledger must not stand between a team and its way back.
 */
export async function openBook({ selector, io, command, options }: Context, projectDir: string): Promise<Book> {
  const unavailable = (error: unknown): undefined => {
    if (!(error instanceof UserError)) throw error;
    io.err(io.colors.yellow(`No ledger: ${error.message} Holds cannot be seen, and this run is not recorded.`));
    return undefined;
  };
  const ledger: Ledger | undefined = await selector.ledger(projectDir).catch(unavailable);
  // A hold of somebody else counts as one of ours.
  const synced = await ledger?.sync().catch(unavailable);
  if (synced?.offline)
    io.err(
      io.colors.yellow(`The ledger of the others cannot be asked (${synced.reason ?? "offline"}): holds are those that are known here.`),
    );
  const read = await ledger?.read().catch(unavailable);
  for (const finding of read?.findings ?? []) io.err(io.colors.yellow(`ledger: ${finding}`));
  let told: string | undefined;
  return {
    events: read?.events ?? [],
    async append(...what) {
      if (ledger === undefined || read === undefined || what.length === 0) return;
      try {
        const { unsynced, reason } = await ledger.append(...what);
        // A runner's clone, and what only it knows, is gone with the runner.
        if (unsynced > 0 && reason !== undefined && reason !== told)
          io.err(
            io.colors.yellow(
              `Not sent (${count(unsynced, "entry", "entries")} of the ledger, only in this clone): ${reason.replace(/\.$/, "")}. To send them: ${command} log --sync${repeatedFlags(options)}`,
            ),
          );
        told = reason;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        io.err(io.colors.yellow(`Not recorded in the ledger (${what.map(({ kind }) => kind).join(", ")}): ${error.message}`));
      }
    },
  };
}
