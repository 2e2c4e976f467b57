import { seconds } from "../../components/primitives.ts";
import { releaseId } from "../../components/release.ts";
import { gatesOf } from "../../components/upstream.ts";
import { type Context, EXIT } from "../context.ts";
import { brokenGlass } from "../gates/break-glass.ts";
import { People } from "../gates/people.ts";
import { type Desk, openDesk, record, releaseAbout, required } from "../gates/record.ts";
import { moment } from "../gates/words.ts";
import { requireEnvironment } from "../project-dir.ts";
import type { Release } from "../promotion/configuration.ts";
import { readStackFile, withValueInFile, writeStackFile } from "../promotion/stack-file.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly reason?: string;
  readonly incident?: string;
  readonly release?: string;
  readonly as?: string;
}

/** Opens the gates of one environment for one release and for a while, on somebody's word; a second person has to stand by it. */
export async function breakGlass(context: Context, [first, second]: string[], options: Options): Promise<number> {
  if (first === "confirm") return confirm(context, second, options);
  const reason = required(options.reason, "--reason");
  const incident = required(options.incident, "--incident");
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, first);
  const release = releaseAbout(desk, stack, options.release);
  const { breakGlass: limits } = gatesOf(desk.application.promotion, stack);
  const now = context.io.now?.() ?? new Date(); // the clock that the gates go by
  const after = (duration: string) => new Date(now.getTime() + seconds(duration) * 1000).toISOString();
  const [confirmBy, expires] = [after(limits.confirmWithin), after(limits.expiresAfter)];
  const alone = !desk.application.promotion.secondPerson;
  const said = [
    `The gates of ${stack} are open for ${release.version} (${releaseId(release)}) until ${moment(expires)}.`,
    alone
      ? "The team has one person (promotion.secondPerson), so nobody else confirms it; the ledger says so."
      : `Somebody else must confirm it until ${moment(confirmBy)}: ${desk.command} break-glass confirm ${stack}`,
    `${stack} stays red in \`status\` until the release is ported back to the environments before it.`,
  ];
  await record(context, desk, said.join("\n"), {
    kind: "break-glass",
    stack,
    releaseId: releaseId(release),
    reason,
    incident,
    confirmBy,
    expires,
    ...(alone ? { alone } : {}),
  });
  await mark(context, desk, stack, release, { incident, reason });
  return EXIT.done;
}

/** The program itself asks for it beside the release, so that a plain `pulumi up` passes too. A promotion writes it by itself. */
async function mark(
  { say }: Context,
  { project, facts }: Desk,
  stack: string,
  release: Release,
  breakGlass: { incident: string; reason: string },
) {
  const declared = facts.get(stack)?.declared;
  if (declared === undefined || releaseId(declared) !== releaseId(release)) return;
  const file = readStackFile(project.dir, stack);
  await writeStackFile(file, withValueInFile(file, project.name, "release", { ...declared, breakGlass }));
  say(`${file.file} says so beside the release, for all to see: commit it, and take it away when the release is ported back.`);
}

async function confirm(context: Context, name: string | undefined, options: Options): Promise<number> {
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  const glass = unconfirmed(desk, stack);
  const said = `${desk.actor.name} confirmed what ${glass.by.name} did (${glass.incident}: ${glass.reason}).`;
  await record(context, desk, said, { kind: "break-glass-confirmed", stack, releaseId: glass.releaseId, breakGlass: glass.event });
  return EXIT.done;
}

function unconfirmed({ application, events, actor }: Desk, stack: string) {
  const people = new People(application.promotion);
  const glass = brokenGlass(events, people, stack).findLast(({ confirmation }) => confirmation === undefined);
  if (glass === undefined) throw new UserError(`Nobody broke the glass of ${stack} without a confirmation.`);
  const breakers = people.behind(glass.by);
  if (actor.bot === true || people.behind(actor).some((person) => breakers.includes(person)))
    throw new UserError(`${glass.by.name} broke the glass: somebody else must confirm it.`);
  return glass;
}
