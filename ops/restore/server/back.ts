import { typed } from "../../confirm.ts";
import { type Context, EXIT } from "../../context.ts";
import { duration } from "../../report/text.ts";
import { UserError } from "../../user-error.ts";
import type { Opened } from "../open.ts";
import { unfinished, unfinishedText } from "../unfinished.ts";
import { staged } from "./lineage.ts";
import { ServerRestore } from "./run.ts";
import { requireServer } from "./standing.ts";
import { addressNames } from "./vault.ts";
import { hostOf } from "./window.ts";

/** Back to the server from before a restore. The restored one stays, with what was written to it, until the restore is finished. */
export async function restoreBack(context: Context, opened: Opened, { yes }: { yes?: boolean }): Promise<number> {
  const { io, say, signal } = context;
  const { bold, green } = io.colors;
  const { stack, before } = opened;
  const { databases: _, ...lineage } = requireServer(opened);
  const interrupted = unfinished(before.outputs);
  if (interrupted?.by.startsWith("--backup")) throw new UserError(unfinishedText(context, stack, interrupted));
  const { restored } = lineage;
  if (restored === undefined || (restored.stage !== "serving" && interrupted === undefined))
    throw new UserError(`${stack} is on ${lineage.name}: there is no restore to another server to go back from. Nothing was changed.`, 2);
  const restore = new ServerRestore(context, opened);
  say(`${stack} goes back from ${restored.name} to ${lineage.name}, with everything that was written there until it was left.`);
  say(
    `LOST to ${stack} is what was written to ${restored.name} since; ${restored.name} still has it, until \`restore ${stack} --finish\` takes that server away.`,
  );
  say("In this order: everything that writes is stopped (users see an outage until the end), pointed back, started and tested.");
  if (!yes) {
    const warning = `\nThis points ${stack} back to ${lineage.name}.`;
    await typed(io, { warning, expected: stack, question: "Type the environment's name to go on: ", flag: "--yes" });
  }
  const entry = { backup: lineage.name, server: lineage.name };
  const failed = async (cause: string, next: string): Promise<number> => {
    io.err(`${stack} is not back on ${lineage.name}: ${cause}. ${next}`);
    await restore.record({ ...entry, result: "failed", cause });
    return EXIT.failed;
  };
  const again = `To go on: ${restore.again("--back")}`;
  if (!(await restore.stop(lineage, lineage.name, "--back")))
    return failed(signal.aborted ? "interrupted" : "what writes could not be stopped", `It may be stopped. ${again}`);
  if (!(await addressNames(restore, lineage.name, hostOf(before.exported, lineage.name), restore.again("--back"))))
    return failed(signal.aborted ? "interrupted" : `its address does not name ${lineage.name} yet`, again);
  say(`\n${bold(stack)}: starting on ${lineage.name}, and testing`);
  const ready = staged(lineage, "ready");
  await restore.write(ready);
  const stage = { stage: "back", from: restored.name, backup: lineage.name, at: new Date().toISOString() } as const;
  if (!(await restore.run(`start ${stack} on ${lineage.name} again`, ready, stage)))
    return failed(signal.aborted ? "interrupted" : `what uses ${lineage.name} did not come up`, again);
  await restore.record({ ...entry, result: "succeeded" });
  const { seconds } = restore;
  if (context.options.json)
    io.out(JSON.stringify({ stack, server: lineage.name, from: restored.name, result: "succeeded", seconds }, null, 2));
  say(`\n${green(bold(stack))}: back on ${lineage.name} after ${duration(seconds)}. Pulumi.${stack}.yaml says so: commit it.`);
  say(`To take ${restored.name} away: ${restore.again("--finish")}`);
  return EXIT.done;
}
