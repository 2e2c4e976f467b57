import { type Context, EXIT } from "../context.ts";
import { unported } from "../gates/back-port.ts";
import { openDesk, record, required } from "../gates/record.ts";
import { requireEnvironment } from "../project-dir.ts";
import { listed } from "../report/text.ts";

interface Options {
  readonly reason?: string;
  readonly as?: string;
}

/**
 * Closes what a hotfix or broken glass left open, where git cannot see it: what was ported as another commit, or is not needed below. Where git can,
 * every run notes it by itself.
 */
export async function backPort(context: Context, [name]: string[], options: Options): Promise<number> {
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  const open = (await unported(desk)).filter((one) => one.stack === stack && (one.missing.length > 0 || !one.noted));
  if (open.length === 0) {
    if (context.options.json) context.io.out("[]");
    else context.say(`Nothing of ${stack} waits to be ported back.`);
    return EXIT.done;
  }
  const { path } = desk.application.promotion;
  const before = path.slice(0, Math.max(0, path.indexOf(stack)));
  const missing = [...new Set(open.flatMap((one) => one.missing))];
  if (missing.length > 0 && options.reason === undefined)
    context.io.err(
      `${listed(missing)} ${missing.length === 1 ? "runs" : "run"} no commit that contains ${listed(open.map((one) => one.releaseId))}.`,
    );
  const reason = missing.length === 0 ? undefined : required(options.reason, "--reason");
  const said = `${listed(open.map((one) => one.releaseId))} of ${stack} ${open.length === 1 ? "is" : "are"} ported back${reason === undefined ? "" : `, by ${desk.actor.name}'s word: ${reason}`}.`;
  const entries = open.map((one) => ({
    kind: "back-ported" as const,
    stack,
    releaseId: one.releaseId,
    to: before,
    ...(reason === undefined ? {} : { reason }),
  }));
  await record(context, desk, said, ...entries);
  return EXIT.done;
}
