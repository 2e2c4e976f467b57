import { type Context, EXIT } from "../context.ts";
import { closedOf } from "../gates/evaluate.ts";
import { gather } from "../gates/evidence.ts";
import { nameOf } from "../gates/report.ts";
import { type Status, statusOf } from "../gates/status.ts";
import { moment } from "../gates/words.ts";
import { environmentsOf, requireEnvironment } from "../project-dir.ts";
import { count, listed } from "../report/text.ts";
import type { Colors } from "../terminal/io.ts";

/** Every environment: what runs there, what it asks of its cluster, and what stands between it and the next release. */
export async function status(context: Context, names: string[]): Promise<number> {
  const evidence = await gather(context);
  const stacks = names.length === 0 ? environmentsOf(evidence.project) : names.map((name) => requireEnvironment(evidence.project, name));
  const found = await Promise.all(stacks.map((stack) => statusOf(evidence, stack)));
  if (context.options.json) context.io.out(JSON.stringify(found, null, 2));
  else
    for (const [index, one] of found.entries())
      for (const line of lines(one, context.io.colors, evidence.command, index > 0)) context.say(line);
  return EXIT.done;
}

function lines(one: Status, colors: Colors, command: string, apart: boolean): string[] {
  const { stack, release, declared, requested, next } = one;
  const { bold, dim, red, yellow, green } = colors;
  const since = release?.liveSince === undefined ? "" : dim(` live since ${moment(release.liveSince)}`);
  const said = [
    ...(apart ? [""] : []),
    release === undefined && one.unread !== undefined
      ? `${bold(stack)}  ${red(one.unread.replace(/^What \S+ runs /, ""))}`
      : release === undefined
        ? `${bold(stack)}  nothing runs there yet`
        : `${bold(stack)}  ${release.version} (${release.id})${since}`,
  ];
  const add = (line: string) => said.push(`  ${line}`);
  if (release !== undefined && one.unread !== undefined) add(red(one.unread));
  for (const reason of one.red) add(red(reason.startsWith("hotfix ") ? reason : `broken glass  ${reason}`));
  if (requested !== undefined)
    add(
      `requests  cpu ${requested.cpu}, memory ${requested.memory}${requested.pods === undefined ? "" : `, ${count(requested.pods, "pod")}`}`,
    );
  if (declared !== undefined) add(yellow(`declared  ${declared.version} (${declared.id}), which does not run yet`));
  for (const line of one.rollout ?? []) add(yellow(`rollout  ${line}`));
  for (const { incident, summary, at } of one.incidents) add(red(`incident  ${incident} since ${moment(at)}: ${summary}`));
  for (const { reason, until, by } of one.freezes)
    add(yellow(`frozen  ${until === undefined ? "" : `until ${moment(until)} `}by ${by}: ${reason}`));
  for (const { releaseId, reason } of one.holds) add(yellow(`held back  ${releaseId}: ${reason}`));
  if (one.checklist.length > 0) add(yellow(`to check  ${listed(one.checklist.map(({ subject = "" }) => subject))}`));
  if (next !== undefined) {
    const closed = closedOf(next.verdicts);
    const about = `${next.version}${next.from.length === 0 ? "" : ` from ${listed(next.from)}`}${next.lane === "normal" ? "" : ` (${next.lane})`}`;
    if (closed.length === 0) add(green(`next  ${about}: every gate is open`));
    else {
      add(`next  ${about}: ${count(closed.length, "gate")} closed of ${next.verdicts.length}: ${listed(closed.map(nameOf))}`);
      add(dim(`      ${command} why ${stack}`));
    }
  }
  return said;
}
