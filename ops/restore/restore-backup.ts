import { typed } from "../confirm.ts";
import { type Context, EXIT } from "../context.ts";
import { releaseOf } from "../promotion/configuration.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { isRecord } from "../report/diff.ts";
import { duration } from "../report/text.ts";
import { UserError } from "../user-error.ts";
import { findBackup } from "./backups.ts";
import { drill } from "./drill.ts";
import type { Opened } from "./open.ts";
import { planRestore } from "./plan.ts";
import { reportOf } from "./report.ts";
import { type Ran, runJob } from "./run-job.ts";
import { liveConfiguration, runStage, waitUntilStopped } from "./steps.ts";
import { unfinished, unfinishedText } from "./unfinished.ts";

/** Puts a backup of an environment's data back: what writes is stopped meanwhile. Interrupted at any point, it is called again. */
export async function restoreBackup(
  context: Context,
  opened: Opened,
  options: { backup?: string; drill?: boolean; yes?: boolean },
): Promise<number> {
  const { stack, before, backups } = opened;
  const wanted = options.backup ?? (options.drill ? "latest" : undefined);
  if (wanted === undefined)
    throw new UserError(
      `Which backup? Say --backup ID, or --to TIME where a database server of its own can be restored to any moment; ${context.command} backups ${stack}${repeatedFlags(context.options)} lists what there is.`,
      2,
    );
  const backup = findBackup(wanted, backups);
  const id = backup?.id ?? wanted;
  if (options.drill) return drill(context, opened, id);

  const release = releaseOf(liveConfiguration(opened), opened.project.name);
  if (release === undefined) throw new UserError(`The release that runs in ${stack} cannot be read from its history.`);
  const left = unfinished(before.outputs);
  if (left !== undefined && !left.by.startsWith("--backup")) throw new UserError(unfinishedText(context, stack, left));
  const interrupted = left?.what;
  const plan = planRestore({ stack, backup, wanted: id, release, applied: before.applied, now: new Date(), interrupted });
  for (const line of plan.lines) context.say(line);
  if (plan.refused !== undefined) throw new UserError(`${id} is not restored to ${stack}: ${plan.refused}.\nNothing was changed.`);
  if (interrupted === undefined) await opened.cluster.requireBackups(); // before anything is stopped
  if (!options.yes) {
    const warning = `\nThis replaces the data of ${stack} by ${id}.`;
    await typed(context.io, { warning, expected: stack, question: "Type the environment's name to go on: ", flag: "--yes" });
  }
  return replaceData(context, opened, id, backup?.schemaVersion);
}

async function replaceData(context: Context, opened: Opened, id: string, schemaVersion: string | undefined): Promise<number> {
  const { stack, book, cluster } = opened;
  const { io, say } = context;
  const { bold, green } = io.colors;
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 100) / 10;
  const again = `${context.command} restore ${stack} --backup ${id}${repeatedFlags(context.options)}`;

  say(`\n${bold(stack)}: stopping what writes`);
  const stopped =
    (await runStage(context, opened, "stop for a restore of", { stage: "stopped", backup: id })) &&
    (await waitUntilStopped(context, opened));
  const ran: Ran | undefined = stopped
    ? await runJob(context, cluster, { cronJob: "restore", env: { BACKUP: id }, text: `restoring ${id} to ${stack}` })
    : undefined;
  if (context.signal.aborted) {
    io.err(`The restore was interrupted: ${stack} may be stopped. To finish it: ${again}`);
    return EXIT.failed;
  }
  if (ran?.outcome !== "succeeded") {
    const cause = ran?.why ?? "what writes could not be stopped";
    io.err(`${id} was not restored to ${stack}: ${cause}. Its data is what it was; it is started again.`);
    const started = await runStage(context, opened, "start after a failed restore of", undefined);
    await book.append({ kind: "restore", stack, backup: id, result: "failed", seconds: seconds(), cause });
    io.err(
      started ? `${stack} runs as before.` : `${stack} does not run as before: mend what failed, then run ${context.command} up ${stack}.`,
    );
    return EXIT.failed;
  }

  const report = reportOf(ran.pods);
  const said = (key: string) => (isRecord(report) && typeof report[key] === "string" ? (report[key] as string) : undefined);
  const [restored, safety, schema] = [said("restored") ?? id, said("before"), said("schemaVersion") ?? schemaVersion];
  say(`  ${restored} is restored and checked${safety ? `; what was there is ${safety}` : ""}`);
  say(`\n${bold(stack)}: starting and testing`);
  const stage = {
    stage: "restored",
    backup: restored,
    at: new Date().toISOString(),
    ...(schema === undefined ? {} : { schemaVersion: schema }),
  } as const;
  const started = await runStage(context, opened, "start after a restore of", stage);
  const result = started ? "succeeded" : "failed";
  const cause = started ? {} : { cause: "the data is restored, and what uses it did not come up" };
  await book.append({
    kind: "restore",
    stack,
    backup: restored,
    result,
    seconds: seconds(),
    ...(safety ? { before: safety } : {}),
    ...cause,
  });
  if (!started) {
    io.err(
      `The data of ${stack} is that of ${restored}, but it did not come up with it.${safety ? ` To undo: ${context.command} restore ${stack} --backup ${safety}${repeatedFlags(context.options)}` : ""}`,
    );
    return EXIT.failed;
  }
  if (context.options.json) io.out(JSON.stringify({ stack, backup: restored, before: safety, result, seconds: seconds() }, null, 2));
  say(
    `\n${green(bold(stack))}: ${restored} restored in ${duration(seconds())}.${safety ? ` To undo: ${context.command} restore ${stack} --backup ${safety}${repeatedFlags(context.options)}` : ""}`,
  );
  return EXIT.done;
}
