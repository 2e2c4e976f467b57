import { type Context, EXIT } from "../context.ts";
import { activeFreezes } from "../gates/freezes.ts";
import { openDesk, record, required } from "../gates/record.ts";
import { moment } from "../gates/words.ts";
import { environmentsOf, requireEnvironment } from "../project-dir.ts";
import { UserError } from "../user-error.ts";
import { timeOf } from "./check.ts";

interface Options {
  readonly reason?: string;
  readonly until?: string;
  readonly as?: string;
}

/** Stops the line: of one environment, or of all. Rollbacks and approved hotfixes still pass. */
export async function freeze(context: Context, [name]: string[], options: Options): Promise<number> {
  const reason = required(options.reason, "--reason");
  const until = options.until === undefined ? undefined : timeOf(options.until);
  if (until !== undefined && new Date(until) <= new Date()) throw new UserError(`--until ${options.until} is over already.`, 2);
  const desk = await openDesk(context, options.as);
  const stack = name === undefined ? undefined : requireEnvironment(desk.project, name);
  const said = `${stack ?? "Everything"} is frozen${until === undefined ? "" : ` until ${moment(until)}`}: ${reason}. Rollbacks and approved hotfixes still pass.`;
  await record(context, desk, said, {
    kind: "freeze",
    reason,
    ...(stack === undefined ? {} : { stack }),
    ...(until === undefined ? {} : { until }),
  });
  return EXIT.done;
}

export async function unfreeze(context: Context, [name]: string[], options: Options): Promise<number> {
  const desk = await openDesk(context, options.as);
  const stack = name === undefined ? undefined : requireEnvironment(desk.project, name);
  const holding = (stack === undefined ? environmentsOf(desk.project) : [stack]).flatMap((s) => activeFreezes(desk.events, s, new Date()));
  if (!holding.some((active) => active.stack === stack)) {
    const wider = holding.length > 0 && stack !== undefined ? ` What holds it is a freeze of everything: ${context.command} unfreeze` : "";
    throw new UserError(`${stack ?? "Everything"} is not frozen.${wider}`);
  }
  const reason = options.reason?.trim() || "over";
  await record(context, desk, `${stack ?? "Everything"} is no longer frozen.`, {
    kind: "unfreeze",
    reason,
    ...(stack === undefined ? {} : { stack }),
  });
  return EXIT.done;
}
