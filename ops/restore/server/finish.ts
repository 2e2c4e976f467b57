import { requireUnlocked } from "../../azure/locks.ts";
import { typed } from "../../confirm.ts";
import { type Context, EXIT } from "../../context.ts";
import { repeatedFlags } from "../../repeated-flags.ts";
import { UserError } from "../../user-error.ts";
import type { Opened } from "../open.ts";
import { unfinished, unfinishedText } from "../unfinished.ts";
import { finished, servingOf } from "./lineage.ts";
import { ServerRestore } from "./run.ts";
import { requireServer } from "./standing.ts";

/** The end of a restore to another server: the one that does not serve is taken away, and with it the way back. */
export async function finishRestore(context: Context, opened: Opened, { yes }: { yes?: boolean }): Promise<number> {
  const { io, say, signal } = context;
  const { bold, green } = io.colors;
  const { project, stack, before } = opened;
  const { databases: _, ...lineage } = requireServer(opened);
  const interrupted = unfinished(before.outputs);
  if (interrupted !== undefined) throw new UserError(unfinishedText(context, stack, interrupted));
  const serving = servingOf(lineage);
  const { lineage: left, retired } = finished(lineage);
  if (retired === undefined)
    throw new UserError(
      `No restore of ${stack} to another server is under way: it is on ${serving}, and has no other. Nothing was changed.`,
      2,
    );
  const restore = new ServerRestore(context, opened);
  const again = restore.again("--finish");
  await requireUnlocked(context.selector, project, stack, { todo: `${retired} cannot be taken away`, again });
  say(
    `${stack} is on ${serving}. ${retired} is deleted, with its data and its backups: nothing can be restored from it any more, and there is no way back to it.`,
  );
  if (!yes) {
    const warning = `\nThis deletes the server ${retired}.`;
    await typed(io, { warning, expected: retired, question: "Type the name of the server that is deleted to go on: ", flag: "--yes" });
  }
  const failed = (next: string): number => {
    io.err(`${retired} is not gone${signal.aborted ? ": interrupted" : ""}. ${stack} runs on ${serving}. To go on: ${next}`);
    return EXIT.failed;
  };
  say(`\n${bold(stack)}: taking ${retired} away`);
  // What is protected is let go in a run of its own: none deletes what it protects.
  const isProtected = retired === lineage.name;
  if (isProtected && !(await restore.run(`let ${retired} go`, lineage, { stage: "retire", server: retired }))) return failed(again);
  await restore.write(left);
  const gone = await restore.run(`take ${retired} away`, left);
  const { seconds } = restore;
  if (!gone) return failed(`${context.command} up ${stack}${repeatedFlags(context.options)}`);
  await opened.book.append({ kind: "server-retired", stack, server: retired, serving, seconds });
  if (context.options.json) io.out(JSON.stringify({ stack, server: serving, retired, result: "succeeded", seconds }, null, 2));
  say(`\n${green(bold(stack))}: ${retired} is gone, ${serving} serves. Pulumi.${stack}.yaml says so: commit it.`);
  return EXIT.done;
}
