import { type Actor, atLeast } from "../access.ts";
import type { Protection } from "../state.ts";
import type { Change } from "./change.ts";

const among = (actor: Actor, ids: readonly string[]): boolean => actor.nodeIds.some((id) => ids.includes(id));

/**
 * Why a classic rule refuses a change, in GitHub's words; empty: it does not.
 * The rule skips administrators unless it includes them, but for force pushes and deletions, which it always judges
 * (docs.github.com, "About protected branches"; the settings page has them under "Rules applied to everyone including administrators").
 */
export function classicRefusals(rule: Protection, change: Change, actor: Actor): string[] {
  const isAdmin = atLeast(actor.level, "admin");
  const reasons: string[] = [];
  if (change.kind === "delete") return rule.allowsDeletions ? [] : ["Cannot delete this protected branch"];
  if (change.forced && !rule.allowsForcePushes && !among(actor, rule.bypassForcePushActorIds))
    reasons.push("Cannot force-push to this branch");
  if (isAdmin && !rule.isAdminEnforced) return reasons;
  if (rule.lockBranch) reasons.push("Cannot change this locked branch");
  if (rule.restrictsPushes && !isAdmin && !among(actor, rule.pushActorIds) && (change.kind === "update" || rule.blocksCreations))
    reasons.push("You're not authorized to push to this branch.");
  if (change.kind === "create") return reasons;
  const skipsReviews = among(actor, rule.bypassPullRequestActorIds);
  if (rule.requiresApprovingReviews && !skipsReviews) reasons.push(...reviewRefusals(rule, change));
  if (rule.requiresConversationResolution && change.by.kind === "merge" && change.by.pull.openThreads > 0)
    reasons.push("A conversation must be resolved before this pull request can be merged.");
  if (rule.requiresStatusChecks) reasons.push(...checkRefusals(rule.requiredStatusCheckContexts, change));
  if (rule.requiresStatusChecks && rule.requiresStrictStatusChecks) reasons.push(...behindRefusals(change));
  if (rule.requiresLinearHistory) reasons.push(...mergeRefusals(change));
  if (rule.requiresCommitSignatures && change.commits.some(({ signed }) => !signed)) reasons.push("Commits must have verified signatures.");
  return reasons;
}

function reviewRefusals(rule: Protection, { by }: Change): string[] {
  if (by.kind === "push") return ["Changes must be made through a pull request."];
  return approvalRefusals(by.pull, {
    count: rule.requiredApprovingReviewCount ?? 1,
    owners: rule.requiresCodeOwnerReviews,
    lastPush: rule.requireLastPushApproval,
  });
}

/** What a pull request's reviews lack. */
export function approvalRefusals(
  pull: {
    approvals: readonly string[];
    changesRequested: readonly string[];
    approvalsOfLastPush: number;
    unapprovedOwners: readonly string[];
  },
  needed: { count: number; owners: boolean; lastPush: boolean },
): string[] {
  const reasons: string[] = [];
  const missing = needed.count - pull.approvals.length;
  if (pull.changesRequested.length > 0) reasons.push(`Changes were requested by ${pull.changesRequested.join(", ")}.`);
  if (missing > 0)
    reasons.push(
      missing === 1
        ? "At least 1 approving review is required by reviewers with write access."
        : `At least ${missing} approving reviews are required by reviewers with write access.`,
    );
  if (needed.owners && pull.unapprovedOwners.length > 0)
    reasons.push(`Waiting on code owner review from ${pull.unapprovedOwners.join(", ")}.`);
  if (needed.lastPush && pull.approvalsOfLastPush === 0)
    reasons.push("New changes require approval from someone other than the last pusher.");
  return reasons;
}

/** Required checks that the commit has not passed. */
export function checkRefusals(contexts: readonly string[], { passed }: Change): string[] {
  const missing = contexts.filter((context) => !passed.has(context));
  if (missing.length === 0) return [];
  if (missing.length === 1) return [`Required status check "${missing[0]}" is expected.`];
  return [`${missing.length} of ${contexts.length} required status checks are expected.`];
}

export const behindRefusals = ({ by }: Change): string[] =>
  by.kind === "merge" && !by.pull.upToDate ? ["This branch is out-of-date with the base branch."] : [];

export function mergeRefusals({ by, commits }: Change): string[] {
  const makesMerge = by.kind === "merge" ? by.method === "merge" : commits.some(({ isMerge }) => isMerge);
  return makesMerge ? ["This branch must not contain merge commits."] : [];
}
