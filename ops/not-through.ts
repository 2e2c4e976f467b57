import { type Context, EXIT } from "./context.ts";
import type { Followed } from "./follow.ts";
import { failuresOf } from "./report/failure.ts";
import { hasChanges, soFar } from "./report/headline.ts";
import { failureLines } from "./report/print.ts";
import { duration } from "./report/text.ts";
import type { Selected } from "./selector.ts";

/** The end of a run that did not get through: how far it came, what went wrong and what to do next. Returns the exit code. */
export function notThrough(
  { io, say }: Context,
  verb: string,
  stack: string,
  { result, inventory }: Followed,
  { cluster }: Selected,
): number {
  const { bold, red } = io.colors;
  const stopped = result.result === "cancelled";
  const time = duration(result.durationSeconds);
  const failures = failuresOf(result, inventory.all(result.steps), stack);
  // A program that is refused before its first resource leaves everything as it was.
  const untouched = !hasChanges(result.changeSummary) && failures.every((f) => f.object === undefined);
  const far = untouched
    ? "nothing was changed."
    : `${soFar(result.changeSummary)}. What was done is recorded; the next \`${verb}\` goes on from there.`;
  say(`\n${red(bold(stack))}: ${stopped ? "stopped" : "failed"} after ${time}: ${far}`);
  // Who pressed Ctrl-C knows why the run ended; only what was under way is news.
  const news = stopped ? failures.filter((f) => f.object !== undefined).map((f) => ({ ...f, next: undefined })) : failures;
  for (const line of failureLines(news, io.colors, { verb: stopped ? "under way" : "failed", cluster })) io.err(line);
  return EXIT.failed;
}
