import { BranchProtection } from "@pulumi/github/branchProtection.js";
import { RepositoryRuleset } from "@pulumi/github/repositoryRuleset.js";
import * as pulumi from "@pulumi/pulumi";
import { bypassing, namesOf } from "./actors.ts";
import type { BranchRules } from "./branch.schema.ts";
import { SOURCE_BRANCH_CHECK } from "./lanes.ts";

export interface ProtectedBranchArgs {
  readonly repository: string;
  /** A branch's name, or a pattern of names. */
  readonly pattern: string;
  readonly rules: BranchRules;
  /** Nothing of it can be destroyed or replaced. */
  readonly protect: boolean;
}

/**
 * The rules of one branch. Branch protection, since it knows patterns and works for users' repositories too; a ruleset beside it for the
 * one rule that protection has no word for. Both count, and the stricter wins.
 */
export class ProtectedBranch extends pulumi.ComponentResource {
  readonly pattern: pulumi.Output<string>;

  constructor(name: string, { repository, pattern, rules, protect }: ProtectedBranchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:github:ProtectedBranch", name, {}, opts);
    const kept = { parent: this, protect };
    // A rule that was taken over has its repository's node id in state where we say its name: the provider would make it anew.
    const taken = { ...kept, ignoreChanges: ["repositoryId"] };
    const protection = new BranchProtection(name, { repositoryId: repository, pattern, ...protectionOf(rules) }, taken);
    if (rules.deployedTo !== undefined) {
      const { environments, bypass } = rules.deployedTo;
      new RepositoryRuleset(
        `${name}-deployed`,
        {
          repository,
          name: `${pattern}: deployed to ${environments.join(", ")} first`,
          target: "branch",
          enforcement: "active",
          conditions: { refName: { includes: [`refs/heads/${pattern}`], excludes: [] } },
          rules: { requiredDeployments: { requiredDeploymentEnvironments: environments } },
          ...bypassing(bypass, "pull_request", this),
        },
        kept,
      );
    }
    this.pattern = protection.pattern;
    this.registerOutputs({ pattern: this.pattern });
  }
}

/** Every rule is stated, also where it is GitHub's default: a default of GitHub's may change, and drift shows only in what is stated. */
export function protectionOf(rules: BranchRules) {
  const { reviews, forcePush } = rules;
  // A forced push is a direct one too: without this, the rule that changes come by pull request would refuse it all the same.
  const bypass =
    reviews === false ? [] : [...new Set([...namesOf(reviews.bypass), ...(forcePush === undefined ? [] : namesOf(forcePush))])];
  const contexts = [...rules.checks, ...(rules.mergesFrom === undefined ? [] : [SOURCE_BRANCH_CHECK])];
  return {
    enforceAdmins: rules.administrators,
    allowsDeletions: false,
    // With this set as well as bypassers, every preview would show a difference: integrations/terraform-provider-github#2054.
    allowsForcePushes: false,
    ...(forcePush === undefined ? {} : { forcePushBypassers: namesOf(forcePush) }),
    requiredLinearHistory: rules.linearHistory,
    requireConversationResolution: rules.conversationResolution,
    requireSignedCommits: rules.signedCommits,
    lockBranch: false,
    ...(contexts.length === 0 ? {} : { requiredStatusChecks: [{ strict: rules.upToDate, contexts }] }),
    ...(reviews === false
      ? {}
      : {
          requiredPullRequestReviews: [
            {
              requiredApprovingReviewCount: reviews.approvals,
              requireCodeOwnerReviews: reviews.codeOwners,
              dismissStaleReviews: reviews.dismissStale,
              requireLastPushApproval: reviews.lastPush,
              ...(bypass.length === 0 ? {} : { pullRequestBypassers: bypass }),
            },
          ],
        }),
  };
}
