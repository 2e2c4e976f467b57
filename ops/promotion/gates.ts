import { ApplicationSettings } from "../../components/application.schema.ts";
import { releaseId } from "../../components/release.ts";
import { gatesOf } from "../../components/upstream.ts";
import type { Context } from "../context.ts";
import { brokenGlass } from "../gates/break-glass.ts";
import { evaluateGates } from "../gates/evaluate.ts";
import { type Evidence, gateInput, gather } from "../gates/evidence.ts";
import type { Verdict } from "../gates/gate.ts";
import type { GateInput, Lane } from "../gates/input.ts";
import { People } from "../gates/people.ts";
import type { Actor, HappeningOf, LedgerEvent } from "../ledger/event.ts";
import { backupEntries } from "../restore/record.ts";
import type { ProjectSummary } from "../selector.ts";
import { called, UserError } from "../user-error.ts";
import { type Release, settingOf } from "./configuration.ts";
import type { Survey } from "./survey.ts";

export interface Asked {
  readonly verdicts: readonly Verdict[];
  /** The lane that was asked for, or break-glass where the ledger says that somebody broke it for this release. */
  readonly lane: Lane;
  /** Why the glass was broken: the program wants to read it beside the release. */
  readonly breakGlass?: { readonly incident: string; readonly reason: string };
}

/**
 * What stands between a release and a stack, gate by gate: the same evidence as `why` decides by. `of the ledger`: the lane and the
 * requester are those that the ledger knows, for a run that only brings what was asked for before.
 */
export async function askGates(context: Context, about: { stack: string; lane: Lane | "of the ledger"; release: Release }): Promise<Asked> {
  const { stack, release } = about;
  const evidence = await withBackups(context, await gather(context), stack);
  const promoted = about.lane === "of the ledger" ? requestOf(evidence.events, stack, releaseId(release)) : undefined;
  const requester = promoted ?? (await askedElsewhere(evidence, about, await evidence.ledger.actor?.().catch(() => undefined)));
  const input = await gateInput(evidence, { stack, release, ...(requester === undefined ? {} : { requester }) });
  const isOpenedByLedger = about.lane === "of the ledger" || (about.lane === "normal" && input.lane === "break-glass");
  const lane = isOpenedByLedger ? input.lane : (about.lane as Lane);
  const verdicts = evaluateGates({ ...input, lane });
  context.heard?.({ stack, release, verdicts });
  if (lane !== "break-glass") return { verdicts, lane };
  const id = releaseId(release);
  const glass = brokenGlass(input.events, new People(input.promotion), stack).find((broken) => broken.releaseId === id);
  const entry = input.events.findLast(({ what }) => what.kind === "break-glass" && what.stack === stack && what.releaseId === id);
  const said = entry?.what as HappeningOf<"break-glass"> | undefined;
  if (glass === undefined || said === undefined) return { verdicts, lane };
  return { verdicts, lane, breakGlass: { incident: said.incident, reason: said.reason } };
}

/** Whoever runs this, unless they only let through what somebody asked for elsewhere. A source that cannot be asked closes the gates anyway. */
async function askedElsewhere(
  { sources = [] }: Evidence,
  { stack, release, lane }: { stack: string; release: Release; lane: Lane | "of the ledger" },
  acting: Actor | undefined,
): Promise<Actor | undefined> {
  if (acting === undefined || lane !== "of the ledger") return acting;
  for (const source of sources) {
    const asked = await source.requester?.({ stack, releaseId: releaseId(release) }, acting).catch(() => undefined);
    if (asked !== undefined) return asked;
  }
  return acting;
}

/** Who asked for a release to go there: who promoted it, not the run that then brings it. */
export const requestOf = (events: readonly LedgerEvent[], stack: string, id: string): Actor | undefined =>
  events.findLast(({ what }) => what.kind === "promotion" && what.to === stack && what.release.id === id)?.actor;

/** Backups that ran on schedule stand in the cluster until somebody writes them down: whoever asks a gate about them does. */
async function withBackups(context: Context, evidence: Evidence, stack: string): Promise<Evidence> {
  const { application, facts, ledger, events, project } = evidence;
  if (gatesOf(application.promotion, stack).backupMaxAge === undefined) return evidence;
  const { cluster } = await context.selector.select({ projectDir: project.dir, stack, cluster: "if-running" });
  const entries = await backupEntries(context, cluster, { stack, namespace: facts.get(stack)?.outputs?.namespace, events });
  if (entries.length === 0) return evidence;
  await ledger.append(...entries);
  return { ...evidence, events: (await ledger.read()).events };
}

export function promotionOf(project: ProjectSummary, survey: Survey): GateInput["promotion"] {
  const parsed = ApplicationSettings.shape.promotion.safeParse(
    (settingOf(survey.configuration, project.name, "application") as { promotion?: unknown } | undefined)?.promotion,
  );
  if (parsed.success) return parsed.data;
  throw new UserError(
    `application.promotion in ${project.dir}/Pulumi.yaml is not valid: run \`${called()} preview\` to see what is wrong.`,
  );
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
