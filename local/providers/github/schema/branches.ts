import type { CheckFailure } from "../../../engine/provider.ts";
import type { PropertyMap } from "../../../engine/values.ts";
import type { ResourceSchema } from "./resource.ts";
import { flag, list, object, REPOSITORY_NAME, set, TEXT, text, whole } from "./shape.ts";

const reviews = object({
  dismissStaleReviews: flag(),
  dismissalRestrictions: set(TEXT),
  pullRequestBypassers: set(TEXT),
  requireCodeOwnerReviews: flag(),
  requireLastPushApproval: flag({ default: false }),
  requiredApprovingReviewCount: whole({ min: 0, max: 6, default: 1 }),
  restrictDismissals: flag(),
}).shape;
const checks = object({ contexts: set(TEXT), strict: flag() }).shape;
const pushes = object({ blocksCreations: flag({ default: true }), pushAllowances: set(TEXT) }).shape;

export const branchProtection: ResourceSchema = {
  stateVersion: 2,
  inputs: {
    repositoryId: text({ required: true, forceNew: true }),
    pattern: text({ required: true }),
    allowsDeletions: flag({ default: false }),
    allowsForcePushes: flag({ default: false }),
    enforceAdmins: flag({ default: false }),
    forcePushBypassers: set(TEXT),
    lockBranch: flag({ default: false }),
    requireConversationResolution: flag({ default: false }),
    requireSignedCommits: flag({ default: false }),
    requiredLinearHistory: flag({ default: false }),
    requiredPullRequestReviews: list(reviews, { max: 1 }),
    requiredStatusChecks: list(checks, { max: 1 }),
    restrictPushes: list(pushes, { max: 1 }),
  },
  outputs: [],
  rules: bypassersOrEverybody,
};

/** Together they differ for ever: GitHub lets nobody force-push then but the bypassers (terraform-provider-github issue 2054). */
function bypassersOrEverybody({ allowsForcePushes, forcePushBypassers }: PropertyMap): CheckFailure[] {
  if (allowsForcePushes !== true || !Array.isArray(forcePushBypassers) || forcePushBypassers.length === 0) return [];
  return [
    {
      property: "forcePushBypassers",
      reason: "has no effect beside allowsForcePushes: true, which lets everybody force-push: leave one of them out",
    },
  ];
}

export const branch: ResourceSchema = {
  inputs: {
    repository: text({ required: true, forceNew: true, ...REPOSITORY_NAME }),
    branch: text({ required: true }),
    sourceBranch: text({ default: "main", forceNew: true }),
    sourceSha: text({ computed: true, forceNew: true }),
    etag: text({ computed: true, uncompared: true }),
  },
  outputs: ["ref", "sha"],
  deleteBeforeReplace: true,
};

export const branchDefault: ResourceSchema = {
  stateVersion: 1,
  inputs: {
    repository: text({ required: true, ...REPOSITORY_NAME }),
    branch: text({ required: true }),
    rename: flag({ default: false }),
    waitForRename: flag({ default: false }),
    etag: text({ computed: true, uncompared: true }),
  },
  outputs: ["repositoryId"],
};
