import { releaseId } from "../../components/release.ts";
import { type Context, EXIT } from "../context.ts";
import { rulesOf } from "../gates/approvals.ts";
import { gateInput } from "../gates/evidence.ts";
import { ownsChange } from "../gates/owned.ts";
import { People } from "../gates/people.ts";
import { type Desk, openDesk, record, releaseAbout } from "../gates/record.ts";
import { requireEnvironment } from "../project-dir.ts";
import { listed } from "../report/text.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly role?: string;
  readonly reject?: boolean;
  readonly note?: string;
  readonly release?: string;
  readonly as?: string;
}

export async function approve(context: Context, [name]: string[], options: Options): Promise<number> {
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  const release = releaseAbout(desk, stack, options.release);
  const input = await gateInput(desk, { stack, release });
  const role = roleOf(
    desk,
    stack,
    rulesOf(input).flatMap(({ roles }) => roles),
    options.role,
  );
  const verdict = options.reject ? "rejected" : "approved";
  const { live } = desk.facts.get(stack) ?? {};
  const change = { changedPaths: live === undefined ? ("all" as const) : input.release.changedPaths, base: live?.commit ?? release.commit };
  const codeOwner = await ownsChange(desk.project.dir, change, desk.actor, desk.application.promotion);
  await record(
    context,
    desk,
    `${desk.actor.name} ${verdict} ${release.version} (${releaseId(release)}) for ${stack}${role === "" ? "" : ` as ${role}`}${codeOwner ? ", and owns code that it changes" : ""}.`,
    {
      kind: "approval",
      stack,
      releaseId: releaseId(release),
      role,
      verdict,
      source: "ledger",
      ...(codeOwner ? { codeOwner } : {}),
      ...(options.note === undefined ? {} : { note: options.note }),
    },
  );
  return EXIT.done;
}

/** The role in which somebody speaks: the one they say, or the first of theirs that the environment asks for. */
function roleOf({ application, actor }: Desk, stack: string, asked: readonly string[], said: string | undefined): string {
  const people = new People(application.promotion);
  const person = people.who(actor);
  const declared = Object.keys(application.promotion.roles);
  if (said !== undefined && !declared.includes(said))
    throw new UserError(
      `There is no role "${said}". Pulumi.yaml declares ${declared.length === 0 ? "none" : listed(declared)} under application.promotion.roles.`,
      2,
    );
  const wanted = said === undefined ? asked : [said];
  const held = wanted.find((role) => people.inRole(person, role, []));
  if (held !== undefined) return held;
  // A hotfix without rules of its own asks for any second person.
  if (wanted.length === 0) return "";
  throw new UserError(
    `${person} is not ${listed([...new Set(wanted)]).replace(/ and (?=[^ ]*$)/, " or ")} by application.promotion.roles in Pulumi.yaml, so this would not count for ${stack}. Nothing was recorded.`,
  );
}
