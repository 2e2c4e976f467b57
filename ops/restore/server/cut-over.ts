import { EXIT } from "../../context.ts";
import { duration } from "../../report/text.ts";
import { staged } from "./lineage.ts";
import { type Restoring, utc } from "./make.ts";
import { remindCopies } from "./remind.ts";
import type { ServerRestore } from "./run.ts";
import { addressNames } from "./vault.ts";
import { hostOf } from "./window.ts";

/** What writes is stopped, pointed to the new server, started and tested. `lineage`: the new server is ready, the old one serves. */
export async function cutOver(restore: ServerRestore, lineage: Restoring, schemaVersion: string | undefined): Promise<number> {
  const { context, opened } = restore;
  const { io, say, signal } = context;
  const { bold, green } = io.colors;
  const { stack } = opened;
  const { name, at } = lineage.restored;
  const entry = { backup: name, server: name, to: utc(at) };
  const again = restore.again(`--to ${at}`);

  const stopped = await restore.stop(lineage, name, `--to ${at}`);
  if (signal.aborted) {
    io.err(
      `The restore was interrupted: ${stack} may be stopped. To finish it: ${again}; to go back to ${lineage.name}: ${restore.again("--back")}`,
    );
    await restore.record({ ...entry, result: "failed", cause: "interrupted" });
    return EXIT.failed;
  }
  if (!stopped) {
    const cause = "what writes could not be stopped";
    io.err(`${stack} was not pointed to ${name}: ${cause}. It is started again on ${lineage.name}.`);
    await restore.write(lineage);
    const started = await restore.run(`start ${stack} on ${lineage.name} after a failed restore`, lineage);
    await restore.record({ ...entry, result: "failed", cause });
    io.err(
      started ? `${stack} runs as before. To go on: ${again}` : `${stack} does not run as before: mend what failed, then run ${again}`,
    );
    return EXIT.failed;
  }

  // The file in state is from before the server was made: its address, Azure says by its name.
  if (!(await addressNames(restore, name, hostOf(opened.before.exported, lineage.name).replace(lineage.name, name), again))) {
    await restore.record({ ...entry, result: "failed", cause: signal.aborted ? "interrupted" : `its address does not name ${name} yet` });
    return EXIT.failed;
  }
  say(`\n${bold(stack)}: starting on ${name}, and testing`);
  const serving = staged(lineage, "serving");
  await restore.write(serving);
  const stage = {
    stage: "restored",
    backup: name,
    at: new Date().toISOString(),
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
  } as const;
  if (!(await restore.run(`start ${stack} on ${name}`, serving, stage))) {
    const cause = signal.aborted ? "interrupted" : `what uses ${name} did not come up`;
    await restore.record({ ...entry, result: "failed", cause });
    io.err(
      `${stack} did not come up on ${name}. To try again: ${again}; to go back to ${lineage.name}, which has everything up to the stop: ${restore.again("--back")}`,
    );
    return EXIT.failed;
  }
  await restore.record({ ...entry, result: "succeeded" });
  const { seconds } = restore;
  if (context.options.json)
    io.out(JSON.stringify({ stack, server: name, from: lineage.name, to: at, result: "succeeded", seconds }, null, 2));
  say(`\n${green(bold(stack))}: on ${name}, with the data of ${at}, after ${duration(seconds)}. Pulumi.${stack}.yaml says so: commit it.`);
  say(
    `${lineage.name} stays, with everything up to the stop. To go back to it: ${restore.again("--back")}; to take it away: ${restore.again("--finish")}`,
  );
  remindCopies(context, opened.project, stack);
  return EXIT.done;
}
