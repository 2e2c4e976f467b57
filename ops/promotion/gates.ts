import { ApplicationSettings } from "../../components/application.schema.ts";
import { releaseId } from "../../components/release.ts";
import type { Context } from "../context.ts";
import { evaluateGates } from "../gates/evaluate.ts";
import type { Verdict } from "../gates/gate.ts";
import type { GateInput, Lane, Ran } from "../gates/input.ts";
import { isRecord } from "../report/diff.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import type { Book } from "./book.ts";
import { type Release, settingOf } from "./configuration.ts";
import { pendingMigrations } from "./migrations.ts";
import type { Survey } from "./survey.ts";

/** What stands between a release and a stack, gate by gate. */
export async function askGates(
  context: Context,
  project: ProjectSummary,
  book: Book,
  about: { stack: string; lane: Lane; release: Release; survey: Survey },
): Promise<Verdict[]> {
  const { stack, lane, release, survey } = about;
  const promotion = promotionOf(project, survey);
  const ran = new Map(
    await Promise.all(
      project.stacks.map(async (name) => {
        const outputs = name === stack ? survey.outputs : await outputsOf(context, project, name);
        return [name, ranIn(outputs)] as const;
      }),
    ),
  );
  const pending = pendingMigrations(release, survey.applied).map(({ name }) => name);
  const requester = await book.actor();
  const input: GateInput = {
    promotion,
    stack,
    lane,
    release: { id: releaseId(release), version: release.version, pendingMigrations: pending },
    ...(requester === undefined ? {} : { requester }),
    events: book.events,
    ran: (name) => ran.get(name),
    now: new Date(),
    command: context.command,
  };
  return evaluateGates(input);
}

export function promotionOf(project: ProjectSummary, survey: Survey): GateInput["promotion"] {
  const parsed = ApplicationSettings.shape.promotion.safeParse(
    (settingOf(survey.configuration, project.name, "application") as { promotion?: unknown } | undefined)?.promotion,
  );
  if (parsed.success) return parsed.data;
  throw new UserError(
    `application.promotion in ${project.dir}/Pulumi.yaml is not valid: run ${"`liftlock preview`"} to see what is wrong.`,
  );
}

/** A stack that was never made ran nothing; what is wrong with one otherwise must not pass for that. */
async function outputsOf({ selector }: Context, { dir }: ProjectSummary, stack: string): Promise<Readonly<Record<string, unknown>>> {
  const { engine } = await selector.select({ projectDir: dir, stack, cluster: "none" });
  return engine.outputs().catch((error: unknown) => {
    if (error instanceof UserError) return {};
    throw error;
  });
}

function ranIn({ qualified }: Readonly<Record<string, unknown>>): Ran[] | undefined {
  if (!Array.isArray(qualified)) return undefined;
  return qualified.filter(isRecord).map(({ id, liveSince }) => ({ id: String(id), liveSince: String(liveSince) }));
}

/** One line a gate: closed ones say why, when they open and what opens them. */
export function gateLines(verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ gate, subject, open, text, next, opensAt }) => {
    const name = subject === undefined ? gate : `${gate} ${subject}`;
    if (open) return [`  open    ${name}: ${text}`];
    const when = opensAt === undefined ? "" : ` (opens by itself at ${opensAt.toISOString().slice(0, 16).replace("T", " ")}Z)`;
    return [`  closed  ${name}: ${text}${when}`, ...(next === undefined ? [] : [`          ${next}`])];
  });
}
