import { type Context, EXIT } from "../context.ts";
import type { HistoryEntry } from "../engine.ts";
import { requireStack } from "../project-dir.ts";
import { headline } from "../report/headline.ts";
import { duration, printable } from "../report/text.ts";
import { printTable } from "../terminal/table.ts";

export async function history(context: Context, [name]: string[]): Promise<number> {
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const entries = await engine.history();
  if (context.options.json) context.io.out(JSON.stringify(entries, null, 2));
  else if (entries.length === 0) context.say(`Nothing was done to ${stack} yet.`);
  else printTable(context.say, ["when", "what", "result", "took", "changes", "message"], entries.map(historyRow), "");
  return EXIT.done;
}

export function historyRow(entry: HistoryEntry): string[] {
  const began = new Date(entry.startTime);
  const seconds = entry.endTime === undefined ? undefined : (new Date(entry.endTime).getTime() - began.getTime()) / 1000;
  const when = `${began.toISOString().slice(0, 16).replace("T", " ")}Z`;
  const took = seconds === undefined ? "-" : duration(seconds);
  return [when, entry.kind, entry.result, took, headline(entry.resourceChanges ?? {}), printable(entry.message).split("\n")[0]!];
}
