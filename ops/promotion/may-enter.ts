import type { PromotionSettings } from "../../components/gates.schema.ts";
import { releaseId } from "../../components/release.ts";
import { sourcesOf } from "../../components/upstream.ts";
import type { Context } from "../context.ts";
import type { Verdict } from "../gates/gate.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { askGates, gateLines, promotionOf } from "./gates.ts";
import type { Survey } from "./survey.ts";

/** Gates that stand before every environment, also before one that declares none. */
const ALWAYS = new Set(["freeze", "hold"]);

/**
 * Refuses an `up` that would change the release of an environment past its gates: the stack file is no way around what `promote` asks. An
 * unchanged release, a fix of its configuration and the first deployment of an environment are asked nothing.
 */
export async function refuseUnpromoted(context: Context, project: ProjectSummary, stack: string, survey: Survey): Promise<void> {
  const { declared, live } = survey;
  if (declared === undefined || live === undefined || releaseId(declared) === releaseId(live)) return;
  const { verdicts: all } = await askGates(context, { stack, lane: "of the ledger", release: declared });
  const verdicts = hasGates(promotionOf(project, survey), stack) ? all : all.filter(({ gate }) => ALWAYS.has(gate));
  const closed = verdicts.filter(({ open }) => !open);
  if (closed.length === 0) return;
  const release = { id: releaseId(declared), version: declared.version };
  if (context.options.json) context.io.out(JSON.stringify({ stack, release, open: false, gates: verdicts }));
  throw new UserError(refusal(context, stack, { id: release.id, before: releaseId(live), closed, of: verdicts.length }));
}

/** The first environment of a path is asked what it declares, if it declares anything; all others have at least one before them. */
export const hasGates = (promotion: PromotionSettings, stack: string): boolean =>
  Object.hasOwn(promotion.gates, stack) || sourcesOf(promotion, stack) !== undefined;

function refusal(
  context: Context,
  stack: string,
  { id, before, closed, of }: { id: string; before: string; closed: readonly Verdict[]; of: number },
): string {
  const flags = repeatedFlags(context.options);
  return [
    `${stack} runs ${before} and does not take ${id}: ${closed.length} of ${of} gates ${closed.length === 1 ? "is" : "are"} closed. Nothing was changed.`,
    ...gateLines(closed),
    `To go on, when they are open: ${context.command} up ${stack}${flags}; ${context.command} why ${stack}${flags} says when that is.`,
  ].join("\n");
}
