import { requireUnlocked } from "../../azure/locks.ts";
import { EXIT } from "../../context.ts";
import { repeatedFlags } from "../../repeated-flags.ts";
import { duration } from "../../report/text.ts";
import type { Lineage } from "./lineage.ts";
import { faultOf, type Restoring, utc } from "./make.ts";
import type { ServerRestore } from "./run.ts";

/** A server with the data of a moment is made, asked what it holds, and taken away. No settings file knows of it: left half-way, `up` takes it away. */
export async function drillServer(
  restore: ServerRestore,
  lineage: Lineage,
  wanted: Restoring,
  expected: string | undefined,
): Promise<number> {
  const { context, opened } = restore;
  const { io, say, signal } = context;
  const { bold, green, red } = io.colors;
  const { project, stack, before } = opened;
  const { name, at } = wanted.restored;
  const again = restore.again(`--to ${at} --drill`);
  await requireUnlocked(context.selector, project, stack, { todo: `${name} could not be taken away again`, again });
  say(`\n${bold(stack)}: making ${name}`);
  const made = await restore.run(`make ${name} on trial beside ${lineage.name} of ${stack}`, wanted);
  const fault = made ? faultOf(await restore.check(name), expected, before.applied) : "it could not be made";
  if (signal.aborted) {
    io.err(`Stopped. Nothing that runs was touched; ${context.command} up ${stack}${repeatedFlags(context.options)} takes ${name} away.`);
    await restore.record({ backup: name, server: name, to: utc(at), drill: true, result: "failed", cause: "interrupted" });
    return EXIT.failed;
  }
  say(`\n${bold(stack)}: taking ${name} away`);
  const gone = await restore.run(`take ${name} away after a trial`, lineage);
  const result = fault === undefined && gone ? "succeeded" : "failed";
  const cause = fault ?? (gone ? undefined : `${name} could not be taken away`);
  await restore.record({ backup: name, server: name, to: utc(at), drill: true, result, ...(cause === undefined ? {} : { cause }) });
  const { seconds } = restore;
  if (context.options.json)
    io.out(JSON.stringify({ stack, server: name, from: lineage.name, to: at, drill: true, result, seconds }, null, 2));
  if (cause !== undefined) {
    io.err(`${red(bold(stack))}: the data of ${at} was not restored on trial: ${cause}`);
    io.err(
      gone
        ? "Nothing that runs was touched."
        : `${name} is still there, and paid for: mend what failed, then run ${context.command} up ${stack}${repeatedFlags(context.options)}`,
    );
    return EXIT.failed;
  }
  say(`\n${green(bold(stack))}: the data of ${at} can be restored: done on trial in ${duration(seconds)}, and taken away.`);
  return EXIT.done;
}
