import { isRecord, type Json } from "../../report/diff.ts";
import type { AppliedRule } from "./applied.ts";
import type { LiveProtection } from "./live.ts";

/** Rules by name, in the same words on both sides; lists sorted. */
export type Rules = Readonly<Record<string, unknown>>;

const first = (value: unknown): Json | undefined => (Array.isArray(value) && isRecord(value[0]) ? value[0] : undefined);
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String).sort() : []);
/** GitHub knows a name in any letters. */
const actors = (value: unknown): string[] =>
  list(value)
    .map((name) => name.toLowerCase())
    .sort();

/** A branch protection rule as it was applied. What a program left out is off. */
export function appliedProtection({ inputs }: AppliedRule): Rules {
  const reviews = first(inputs.requiredPullRequestReviews);
  const checks = first(inputs.requiredStatusChecks);
  const pushes = first(inputs.restrictPushes);
  const flag = (value: unknown) => value === true || value === "true";
  return {
    enforceAdmins: flag(inputs.enforceAdmins),
    allowsDeletions: flag(inputs.allowsDeletions),
    allowsForcePushes: flag(inputs.allowsForcePushes),
    forcePushBypassers: actors(inputs.forcePushBypassers),
    lockBranch: flag(inputs.lockBranch),
    requireConversationResolution: flag(inputs.requireConversationResolution),
    requireSignedCommits: flag(inputs.requireSignedCommits),
    requiredLinearHistory: flag(inputs.requiredLinearHistory),
    restrictPushes: pushes === undefined ? false : actors(pushes.pushAllowances),
    ...(flag(pushes?.blocksCreations) ? { blocksCreations: true } : {}),
    requiredStatusChecks: checks !== undefined,
    ...(checks === undefined
      ? {}
      : { "requiredStatusChecks.contexts": list(checks.contexts), "requiredStatusChecks.strict": flag(checks.strict) }),
    requiredPullRequestReviews: reviews !== undefined,
    ...(reviews === undefined
      ? {}
      : {
          "requiredPullRequestReviews.requiredApprovingReviewCount": Number(reviews.requiredApprovingReviewCount ?? 0),
          "requiredPullRequestReviews.requireCodeOwnerReviews": flag(reviews.requireCodeOwnerReviews),
          "requiredPullRequestReviews.dismissStaleReviews": flag(reviews.dismissStaleReviews),
          "requiredPullRequestReviews.requireLastPushApproval": flag(reviews.requireLastPushApproval),
          "requiredPullRequestReviews.pullRequestBypassers": actors(reviews.pullRequestBypassers),
          "requiredPullRequestReviews.dismissalRestrictions": flag(reviews.restrictDismissals)
            ? actors(reviews.dismissalRestrictions)
            : false,
        }),
  };
}

export function liveProtection(rule: LiveProtection): Rules {
  return {
    enforceAdmins: rule.isAdminEnforced,
    allowsDeletions: rule.allowsDeletions,
    allowsForcePushes: rule.allowsForcePushes,
    forcePushBypassers: actors(rule.bypassForcePushAllowances),
    lockBranch: rule.lockBranch,
    requireConversationResolution: rule.requiresConversationResolution,
    requireSignedCommits: rule.requiresCommitSignatures,
    requiredLinearHistory: rule.requiresLinearHistory,
    restrictPushes: rule.restrictsPushes === true ? actors(rule.pushAllowances) : false,
    ...(rule.restrictsPushes === true && rule.blocksCreations === true ? { blocksCreations: true } : {}),
    requiredStatusChecks: rule.requiresStatusChecks,
    ...(rule.requiresStatusChecks === true
      ? {
          "requiredStatusChecks.contexts": list(rule.requiredStatusCheckContexts),
          "requiredStatusChecks.strict": rule.requiresStrictStatusChecks,
        }
      : {}),
    requiredPullRequestReviews: rule.requiresApprovingReviews,
    ...(rule.requiresApprovingReviews === true
      ? {
          "requiredPullRequestReviews.requiredApprovingReviewCount": rule.requiredApprovingReviewCount ?? 0,
          "requiredPullRequestReviews.requireCodeOwnerReviews": rule.requiresCodeOwnerReviews,
          "requiredPullRequestReviews.dismissStaleReviews": rule.dismissesStaleReviews,
          "requiredPullRequestReviews.requireLastPushApproval": rule.requireLastPushApproval,
          "requiredPullRequestReviews.pullRequestBypassers": actors(rule.bypassPullRequestAllowances),
          "requiredPullRequestReviews.dismissalRestrictions":
            rule.restrictsReviewDismissals === true ? actors(rule.reviewDismissalAllowances) : false,
        }
      : {}),
  };
}
