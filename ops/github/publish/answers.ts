import { releaseId } from "../../../components/release.ts";
import type { Context, GateAnswer } from "../../context.ts";
import { evaluateGates } from "../../gates/evaluate.ts";
import { candidate, gateInput, gather } from "../../gates/evidence.ts";
import { decidingOn, unreadOf } from "../../gates/unread.ts";
import { requestOf } from "../../promotion/gates.ts";
import { hasGates } from "../../promotion/may-enter.ts";

/**
 * What the gates say now of the releases that are to go somewhere next. `heard`: what they said when this run asked them, which stays the
 * last word on a release that has passed them. Environments without gates have nothing to say.
 */
export async function answersNow(context: Context, heard: readonly GateAnswer[], only: string | undefined): Promise<GateAnswer[]> {
  // What is wrong with ledger or approvals the run itself has said.
  const evidence = await gather({ ...context, io: { ...context.io, err: () => {} } });
  const { promotion } = evidence.application;
  const stacks = [...evidence.facts.keys()].filter((stack) => (only === undefined || stack === only) && hasGates(promotion, stack));
  const answers = await Promise.all(
    stacks.map(async (stack): Promise<GateAnswer | undefined> => {
      const release = candidate(evidence, stack);
      const live = evidence.facts.get(stack)?.live;
      const asked = heard.findLast((answer) => answer.stack === stack);
      if (unreadOf(evidence, decidingOn(evidence, stack)) !== undefined) return asked;
      if (release === undefined || (live !== undefined && releaseId(live) === releaseId(release))) return asked;
      const requester = requestOf(evidence.events, stack, releaseId(release));
      const input = await gateInput(evidence, { stack, release, ...(requester === undefined ? {} : { requester }) });
      return { stack, release, verdicts: evaluateGates(input) };
    }),
  );
  return answers.filter((answer) => answer !== undefined);
}
