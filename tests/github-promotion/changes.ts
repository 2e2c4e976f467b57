import {
  environment,
  github,
  hand,
  mutate,
  nodeOf,
  nodeOfRepository,
  organization,
  policies,
  protect,
  type Reply,
  ruleId,
  ruleset,
  sealed,
} from "./world.ts";

const mallory = () => github.hub.account("mallory").id;
/** What is changed by hand, and how it is said. */
export const CHANGES: [what: string, change: () => Promise<unknown>, said: string[]][] = [
  [
    "a reviewer is taken away",
    () => environment({ reviewers: [{ type: "Team", id: organization.teams.qa!.id }] }),
    ["Environment production reviewers removed User"],
  ],
  [
    "all reviewers are taken away",
    () => environment({ reviewers: null }),
    [
      "Environment production reviewers removed Team",
      "Environment production reviewers removed User",
      "Environment production preventSelfReview on -> off",
    ],
  ],
  [
    "a reviewer is added",
    () =>
      environment({
        reviewers: [
          { type: "Team", id: organization.teams.qa!.id },
          { type: "User", id: github.hub.account("tara").id },
          { type: "User", id: mallory() },
        ],
      }),
    ["Environment production reviewers added mallory"],
  ],
  ["who deploys may approve", () => environment({ prevent_self_review: false }), ["Environment production preventSelfReview on -> off"]],
  [
    "administrators may skip approvals",
    () => environment({ can_admins_bypass: true }),
    ["Environment production canAdminsBypass off -> on"],
  ],
  ["a wait timer", () => environment({ wait_timer: 30 }), ["Environment production waitTimer 0 -> 30"]],
  [
    "anything may be deployed",
    () => environment({ deployment_branch_policy: null }),
    [
      "Environment production deployFrom listed below -> anything",
      "Environment production deployments removed branch main",
      "Environment production deployments removed tag v*",
    ],
  ],
  [
    "one more branch may be deployed",
    () => hand("POST", "{repo}/environments/production/deployment-branch-policies", { name: "*", type: "branch" }),
    ["Environment production deployments added branch *"],
  ],
  [
    "a branch may be deployed no more",
    async () =>
      hand(
        "DELETE",
        `{repo}/environments/production/deployment-branch-policies/${(await policies()).find(({ name }: Reply) => name === "main").id}`,
      ),
    ["Environment production deployments removed branch main"],
  ],
  [
    "a secret is written over",
    () => sealed("DEPLOY_KEY"),
    ["EnvironmentSecret production/DEPLOY_KEY value written 2026-11-02T09:00:00Z -> written 2026-11-02T10:00:00Z"],
  ],
  ["a secret is added", () => sealed("MINE"), ["EnvironmentSecret production/MINE created"]],
  [
    "a secret is deleted",
    () => hand("DELETE", "{repo}/environments/production/secrets/DEPLOY_KEY"),
    ["EnvironmentSecret production/DEPLOY_KEY deleted"],
  ],
  [
    "a variable is changed",
    () => hand("PATCH", "{repo}/environments/production/variables/DEPLOY_HOST", { value: "evil.example.com" }),
    ["EnvironmentVariable production/DEPLOY_HOST value ferry.example.com -> evil.example.com"],
  ],
  [
    "a variable is added",
    () => hand("POST", "{repo}/environments/production/variables", { name: "MORE", value: "x" }),
    ["EnvironmentVariable production/MORE created"],
  ],
  [
    "a variable is deleted",
    () => hand("DELETE", "{repo}/environments/production/variables/DEPLOY_HOST"),
    ["EnvironmentVariable production/DEPLOY_HOST deleted"],
  ],
  [
    "a secret of the repository is written over",
    () => sealed("REGISTRY_KEY", "actions"),
    ["ActionsSecret REGISTRY_KEY value written 2026-11-02T09:00:00Z -> written 2026-11-02T10:00:00Z"],
  ],
  ["one is deleted", () => hand("DELETE", "{repo}/actions/secrets/REGISTRY_KEY"), ["ActionsSecret REGISTRY_KEY deleted"]],
  ["one is added", () => sealed("MINE", "actions"), ["ActionsSecret MINE created"]],
  [
    "one that was agreed on is deleted",
    () => hand("DELETE", "{repo}/actions/secrets/LIFTLOCK_TOKEN"),
    ["ActionsSecret LIFTLOCK_TOKEN deleted was agreed on, and workflows look for it"],
  ],
  [
    "a variable of the repository is changed",
    () => hand("PATCH", "{repo}/actions/variables/REGION", { value: "us" }),
    ["ActionsVariable REGION value eu -> us"],
  ],
  ["one is deleted", () => hand("DELETE", "{repo}/actions/variables/REGION"), ["ActionsVariable REGION deleted"]],
  [
    "one is added",
    () => hand("POST", "{repo}/actions/variables", { name: "PULUMI_BACKEND_URL", value: "https://evil.example.com" }),
    ["ActionsVariable PULUMI_BACKEND_URL created"],
  ],
  [
    "merge commits are allowed, and branches stay",
    () => hand("PATCH", "{repo}", { allow_merge_commit: true, delete_branch_on_merge: false }),
    ["Repository ferry allow_merge_commit off -> on", "Repository ferry delete_branch_on_merge on -> off"],
  ],
  ["the environment is deleted", () => hand("DELETE", "{repo}/environments/production"), ["Environment production deleted"]],
  ["another environment", () => hand("PUT", "{repo}/environments/backdoor", {}), ["Environment backdoor created"]],
  ["administrators are bound no more", () => protect({ isAdminEnforced: false }), ["BranchProtection main enforceAdmins on -> off"]],
  ["forced pushes", () => protect({ allowsForcePushes: true }), ["BranchProtection main allowsForcePushes off -> on"]],
  [
    "a forced push for one",
    () => protect({ bypassForcePushActorIds: [nodeOf("mallory")] }),
    ["BranchProtection main forcePushBypassers added /mallory"],
  ],
  ["deletions", () => protect({ allowsDeletions: true }), ["BranchProtection main allowsDeletions off -> on"]],
  [
    "a required check goes",
    () => protect({ requiredStatusCheckContexts: ["lint", "source-branch"] }),
    ["BranchProtection main requiredStatusChecks.contexts removed tests"],
  ],
  ["no checks at all", () => protect({ requiresStatusChecks: false }), ["BranchProtection main requiredStatusChecks on -> off"]],
  [
    "a stale branch may be merged",
    () => protect({ requiresStrictStatusChecks: false }),
    ["BranchProtection main requiredStatusChecks.strict on -> off"],
  ],
  [
    "one approval will do",
    () => protect({ requiredApprovingReviewCount: 1 }),
    ["BranchProtection main requiredPullRequestReviews.requiredApprovingReviewCount 2 -> 1"],
  ],
  [
    "code owners are not asked",
    () => protect({ requiresCodeOwnerReviews: false }),
    ["BranchProtection main requiredPullRequestReviews.requireCodeOwnerReviews on -> off"],
  ],
  [
    "stale approvals count",
    () => protect({ dismissesStaleReviews: false }),
    ["BranchProtection main requiredPullRequestReviews.dismissStaleReviews on -> off"],
  ],
  [
    "no pull request is needed",
    () => protect({ requiresApprovingReviews: false }),
    ["BranchProtection main requiredPullRequestReviews on -> off"],
  ],
  [
    "one needs no pull request",
    () => protect({ bypassPullRequestActorIds: [nodeOf("mallory")] }),
    ["BranchProtection main requiredPullRequestReviews.pullRequestBypassers added /mallory"],
  ],
  [
    "open conversations do not matter",
    () => protect({ requiresConversationResolution: false }),
    ["BranchProtection main requireConversationResolution on -> off"],
  ],
  [
    "a protection rule is deleted",
    async () => mutate("deleteBranchProtectionRule", { branchProtectionRuleId: await ruleId("main") }),
    ["BranchProtection main deleted"],
  ],
  [
    "a rule that takes a branch out of ours",
    () => mutate("createBranchProtectionRule", { repositoryId: nodeOfRepository(), pattern: "release/1.x" }),
    ["BranchProtection release/1.x created takes release/1.x out of the rule for release/*"],
  ],
  [
    "somebody passes a ruleset by",
    () =>
      ruleset("never moved", ({ bypass_actors }) => ({
        bypass_actors: [...(bypass_actors ?? []), { actor_id: organization.teams.interns!.id, actor_type: "Team", bypass_mode: "always" }],
      })),
    ["Ruleset Release tags: never moved or deleted bypass_actors added Team"],
  ],
  [
    "a ruleset is off",
    () => ruleset("never moved", () => ({ enforcement: "disabled" })),
    ["Ruleset Release tags: never moved or deleted enforcement active -> disabled"],
  ],
  [
    "a ruleset loses a rule",
    () => ruleset("never moved", ({ rules }) => ({ rules: rules.filter(({ type }: Reply) => type !== "deletion") })),
    ["Ruleset Release tags: never moved or deleted rules.deletion removed on"],
  ],
  [
    "a ruleset speaks of other tags",
    () => ruleset("created by few", () => ({ conditions: { ref_name: { include: ["refs/tags/x*"], exclude: [] } } })),
    [
      "Ruleset Release tags: created by few include removed refs/tags/v*",
      "Ruleset Release tags: created by few include added refs/tags/x*",
    ],
  ],
  [
    "another environment is asked for before merging",
    () =>
      ruleset("deployed to", () => ({ rules: [{ type: "required_deployments", parameters: { required_deployment_environments: [] } }] })),
    ["Ruleset main: deployed to production first rules.required_deployments"],
  ],
  [
    "a ruleset is deleted",
    async () =>
      hand(
        "DELETE",
        `{repo}/rulesets/${(await hand("GET", "{repo}/rulesets")).find(({ name }: Reply) => name.includes("never moved")).id}`,
      ),
    ["Ruleset Release tags: never moved or deleted deleted"],
  ],
  [
    "a second ruleset",
    () =>
      hand("POST", "{repo}/rulesets", {
        name: "mine",
        target: "branch",
        enforcement: "active",
        conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
        rules: [{ type: "non_fast_forward" }],
      }),
    ["Ruleset mine created active: non_fast_forward"],
  ],
  [
    "the default branch",
    async () => {
      const { object } = await hand("GET", "{repo}/git/ref/heads/main");
      await hand("POST", "{repo}/git/refs", { ref: "refs/heads/side", sha: object.sha });
      await hand("PATCH", "{repo}", { default_branch: "side" });
    },
    ["Repository ferry default_branch main -> side"],
  ],
  ["the whole world may read", () => hand("PATCH", "{repo}", { visibility: "public" }), ["Repository ferry visibility private -> public"]],
  [
    "a team's rights are raised",
    () => hand("PUT", "/orgs/acme/teams/interns/repos/acme/ferry", { permission: "admin" }),
    ["Access acme/interns level pull -> admin"],
  ],
  [
    "somebody's rights are raised",
    () => hand("PUT", "{repo}/collaborators/tara", { permission: "admin" }),
    ["Access tara level push -> admin"],
  ],
  ["somebody new", () => hand("PUT", "{repo}/collaborators/eve", { permission: "push" }), ["Access eve level added push"]],
];
