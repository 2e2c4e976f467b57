import { releaseId } from "../../components/release.ts";
import { type Context, EXIT } from "../context.ts";
import { openDesk, record, releaseAbout, required } from "../gates/record.ts";
import { requireEnvironment } from "../project-dir.ts";
import { activeHolds } from "../promotion/holds.ts";
import { listed } from "../report/text.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly reason?: string;
  readonly as?: string;
}

/** Keeps one release out of an environment, in every lane but a rollback, until somebody releases it. */
export async function hold(context: Context, [name, named]: string[], options: Options): Promise<number> {
  const reason = required(options.reason, "--reason");
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  const release = releaseAbout(desk, stack, named);
  const id = releaseId(release);
  await record(context, desk, `${release.version} (${id}) is held back from ${stack}: ${reason}.`, {
    kind: "hold",
    stack,
    releaseId: id,
    reason,
    automatic: false,
  });
  return EXIT.done;
}

export async function releaseHold(context: Context, [name, named]: string[], options: Options): Promise<number> {
  const reason = required(options.reason, "--reason");
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  const held = [...new Set(activeHolds(desk.events, stack).map((active) => active.releaseId))];
  if (held.length === 0) throw new UserError(`Nothing is held back from ${stack}.`);
  const matching = named === undefined ? held : held.filter((id) => id === named || id.startsWith(`${named}-`));
  if (matching.length !== 1) throw new UserError(`Which one? Held back from ${stack}: ${listed(held)}.`, 2);
  const [id] = matching as [string];
  await record(context, desk, `${id} is no longer held back from ${stack}.`, { kind: "hold-released", stack, releaseId: id, reason });
  return EXIT.done;
}
