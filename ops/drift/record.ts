import type { Context } from "../context.ts";
import type { Ledger } from "../ledger/event.ts";

/**
 * Keeps in the ledger that a stack drifted, and that it was put back; a look that finds what the one before found adds nothing, so that a
 * schedule may look often.
 */
export async function recordDrift(context: Context, ledger: Ledger, stack: string, findings: number, fixed?: number): Promise<void> {
  const { events } = await ledger.read();
  const last = events.flatMap(({ what }) => (what.kind === "drift" && what.stack === stack ? [what] : [])).at(-1);
  const open = last === undefined ? 0 : last.findings - (last.fixed ?? 0);
  if (fixed === undefined && findings === open) return;
  const { unsynced } = await ledger.append({ kind: "drift", stack, findings, ...(fixed === undefined ? {} : { fixed }) });
  if (unsynced > 0) context.io.err(context.io.colors.dim("The ledger's new entry was not sent yet."));
}
