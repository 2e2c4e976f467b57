import { type Context, EXIT } from "../context.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { listed } from "../report/text.ts";
import { backupsIn, known, newEntries } from "../restore/backups.ts";
import { openBackups } from "../restore/open.ts";
import { backupOf } from "../restore/report.ts";
import { runJob } from "../restore/run-job.ts";
import { windowLines, windowNow } from "../restore/server/words.ts";
import { backupTable } from "../restore/table.ts";
import { printTable } from "../terminal/table.ts";

/** Lists the backups of an environment's data; takes one first when asked. */
export async function backups(context: Context, [name]: string[], options: { take?: boolean }): Promise<number> {
  const { io, say } = context;
  const opened = await openBackups(context, name);
  const { stack, cluster, book } = opened;
  let all = opened.backups;
  if (options.take) {
    const ran = await runJob(context, cluster, { cronJob: "backup", env: { REASON: "by-hand" }, text: `taking a backup of ${stack}` });
    if (ran.outcome !== "succeeded") {
      io.err(`No backup of ${stack} was taken: ${ran.why ?? "interrupted"}`);
      return EXIT.failed;
    }
    const taken = backupOf(await cluster.job(ran.job), ran.pods);
    if (taken === undefined) say(`There is nothing to back up in ${stack} yet.`);
    else {
      const recordedNow = opened.backups.map(({ id, ...rest }) => ({ what: { kind: "backup" as const, stack, backup: id, ...rest } }));
      await book.append(...newEntries(stack, [taken], [...book.events, ...(recordedNow as unknown as typeof book.events)]));
      say(`${taken.id} is taken and verified.`);
    }
    all = known(stack, await backupsIn(cluster), book.events);
  }
  const newestFirst = [...all].reverse();
  const window = windowNow(opened);
  if (context.options.json) {
    const moments = window === undefined ? [] : [{ stack, kind: "point-in-time", ...window }];
    const found = newestFirst.map(({ kept: _, ...backup }) => ({ stack, ...backup }));
    io.out(JSON.stringify([...moments, ...found], null, 2));
    return EXIT.done;
  }
  if (window !== undefined) for (const line of windowLines(context, stack, window)) say(line);
  if (newestFirst.length === 0) {
    say(`No backup of ${stack} is known. To take one: ${context.command} backups ${stack} --take${repeatedFlags(context.options)}`);
    return EXIT.done;
  }
  const { head, rows, unknown } = backupTable(newestFirst);
  printTable(say, head, rows);
  // A Job's pod brings the report; where pods run no programs, or are gone, the Job alone says that it verified its backup.
  if (unknown.length > 0) say(io.colors.dim(`Not known here, as no report of their Jobs is left: ${listed(unknown)}.`));
  return EXIT.done;
}
