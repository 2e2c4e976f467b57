import { type Context, EXIT } from "../context.ts";
import type { LedgerEvent, ReleaseReference } from "../ledger/event.ts";
import { actorInWords } from "../ledger/words.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { count, printable } from "../report/text.ts";
import { printTable } from "../terminal/table.ts";
import { UserError } from "../user-error.ts";
import { type ReleaseEvent, releasesIn } from "./create.ts";

/** Where each release runs, by the last deployment of every environment that got through. */
function runningIn(events: readonly LedgerEvent[]): Map<string, string> {
  const running = new Map<string, string>();
  for (const { what } of events) {
    if (what.kind === "deployment" && what.result === "succeeded") running.set(what.stack, what.release.id);
    if (what.kind === "rollback") running.set(what.stack, what.to.id);
  }
  return running;
}
const stacksOf = (running: ReadonlyMap<string, string>, id: string): string[] =>
  [...running].flatMap(([stack, running]) => (running === id ? [stack] : []));

export async function listReleases(context: Context): Promise<number> {
  const { events } = await (await context.selector.ledger((await context.selector.project()).dir)).read();
  const made = releasesIn(events).toReversed();
  const running = runningIn(events);
  if (context.options.json) {
    const listed = made.map(({ at, actor, what }) => ({
      ...what.release,
      at,
      by: actor,
      commits: what.commits.length,
      runs: stacksOf(running, what.release.id),
    }));
    context.io.out(JSON.stringify(listed, null, 2));
  } else if (made.length === 0)
    context.say(`No release was made yet. The first: ${context.command} release create 1.0.0${repeatedFlags(context.options)}`);
  else {
    const row = ({ at, actor, what: { release, commits } }: ReleaseEvent) => [
      release.id,
      `${at.slice(0, 16).replace("T", " ")}Z`,
      printable(actorInWords(actor)),
      release.commit.slice(0, 12),
      String(commits.length),
      stacksOf(running, release.id).join(", "),
    ];
    printTable(context.say, ["release", "made", "by", "commit", "commits", "runs in"], made.map(row), "");
  }
  return EXIT.done;
}

export async function showRelease(context: Context, wanted: string): Promise<number> {
  const { events } = await (await context.selector.ledger((await context.selector.project()).dir)).read();
  const made = releasesIn(events);
  const found = made.findLast(({ what: { release } }) => release.version === wanted || release.id === wanted);
  const known = made
    .slice(-10)
    .map(({ what }) => what.release.version)
    .join(", ");
  if (found === undefined)
    throw new UserError(`No release ${wanted} was made. ${known === "" ? "There is none yet." : `There are: ${known}.`}`);
  const { release, commits, reason } = found.what;
  if (context.options.json) context.io.out(JSON.stringify({ ...found, runs: stacksOf(runningIn(events), release.id) }, null, 2));
  else print(context, release, [found.at, actorInWords(found.actor), reason], commits, stacksOf(runningIn(events), release.id));
  return EXIT.done;
}

function print(
  { say, io }: Context,
  release: ReleaseReference,
  [at, by, reason]: (string | undefined)[],
  commits: readonly { id: string; subject: string }[],
  runs: readonly string[],
): void {
  say(`${io.colors.bold(release.id)} of ${release.commit}, made ${at?.slice(0, 16).replace("T", " ")}Z by ${printable(by ?? "")}`);
  if (reason !== undefined) say(`reason: ${printable(reason)}`);
  say(`runs in: ${runs.length === 0 ? "no environment, as far as the ledger knows" : runs.join(", ")}`);
  if (release.schemaVersion !== undefined) say(`schema: ${release.schemaVersion}`);
  for (const [service, image] of Object.entries(release.images)) say(`  ${service}: ${image}`);
  say(count(commits.length, "commit"));
  for (const { id, subject } of commits) say(`  ${io.colors.dim(id.slice(0, 8))} ${printable(subject)}`);
}
