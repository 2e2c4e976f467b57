import type { RepositorySettings } from "./repository.schema.ts";

/**
 * What GitHub allows a repository by its owner's plan and its visibility: https://docs.github.com/en/get-started/learning-about-github/githubs-plans
 * and the availability notes of protected branches, rulesets and environments. Each answers with the way out, or with nothing when it is allowed.
 */

const open = ({ visibility }: RepositorySettings): boolean => visibility === "public";

/** Protected branches, rulesets, code owners; environments, their secrets, variables and deployment policies. */
export const rulesRefused = (repository: RepositorySettings): string | undefined =>
  open(repository) || repository.plan !== "free"
    ? undefined
    : "GitHub's free plan keeps no rules of private repositories: make the repository public, choose a paid plan (application.repository.plan), or leave this out and rely on the promotion gates";

/** Required reviewers, wait timer, and binding administrators. */
export const approvalsRefused = (repository: RepositorySettings): string | undefined =>
  open(repository) || repository.plan === "enterprise"
    ? undefined
    : "a private repository has it on GitHub Enterprise only: leave it out and ask for approvals and soak times in application.promotion.gates, or make the repository public";

/** Lists of who may pass a rule by. */
export const bypassRefused = ({ ownerKind }: RepositorySettings): string | undefined =>
  ownerKind === "organization"
    ? undefined
    : "GitHub knows such lists in repositories of organisations only: leave it out, or move the repository to an organisation (application.repository.ownerKind)";

/** Sum of teams and users that may review a deployment. */
export const MAX_REVIEWERS = 6;
