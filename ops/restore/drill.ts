import { type Context, EXIT } from "../context.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { isRecord } from "../report/diff.ts";
import { count, duration } from "../report/text.ts";
import type { Opened } from "./open.ts";
import { reportOf } from "./report.ts";
import { runJob } from "./run-job.ts";

/** Restores a backup into a scratch place, and says and records whether that went well. What runs is not touched. */
export async function drill(context: Context, { stack, book, cluster }: Opened, wanted: string): Promise<number> {
  const { io, say, signal } = context;
  const { bold, green, red } = io.colors;
  const began = performance.now();
  const ran = await runJob(context, cluster, {
    cronJob: "drill",
    env: { BACKUP: wanted },
    text: `restoring ${wanted} of ${stack} on trial`,
  });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  if (ran.outcome === "interrupted" || signal.aborted) {
    say("Stopped; nothing is recorded.");
    return EXIT.failed;
  }
  const report = reportOf(ran.pods);
  const backup = isRecord(report) && typeof report.drilled === "string" ? report.drilled : wanted;
  const entry = { kind: "restore", stack, backup, seconds, drill: true } as const;
  if (ran.outcome === "failed") {
    await book.append({ ...entry, result: "failed", cause: ran.why ?? "failed" });
    io.err(`${red(bold(stack))}: ${backup} was not restored on trial: ${ran.why}`);
    io.err(
      `Nothing that runs was touched. Take another backup and try that: ${context.command} backups ${stack} --take${repeatedFlags(context.options)}`,
    );
    return EXIT.failed;
  }
  await book.append({ ...entry, result: "succeeded" });
  const rows = isRecord(report) && typeof report.rows === "number" ? `, ${count(report.rows, "row")} counted` : "";
  if (context.options.json) io.out(JSON.stringify({ stack, backup, drill: true, result: "succeeded", seconds }, null, 2));
  say(`${green(bold(stack))}: ${backup} can be restored: done on trial in ${duration(seconds)}${rows}, and thrown away.`);
  return EXIT.done;
}
