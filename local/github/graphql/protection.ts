import type { Viewer } from "../access.ts";
import type { Hub } from "../hub.ts";
import { parseNodeId } from "../node-id.ts";
import type { Protection, Repo } from "../state.ts";
import { administers, fault, ruleById, type Views } from "./root.ts";

type Input = Partial<Omit<Protection, "id" | "creator">> & {
  repositoryId?: string;
  branchProtectionRuleId?: string;
  clientMutationId?: string;
};

/** What a rule is when nobody says otherwise. */
const NEW: Omit<Protection, "id" | "pattern" | "creator"> = {
  allowsDeletions: false,
  allowsForcePushes: false,
  blocksCreations: false,
  bypassForcePushActorIds: [],
  bypassPullRequestActorIds: [],
  dismissesStaleReviews: false,
  isAdminEnforced: false,
  lockBranch: false,
  pushActorIds: [],
  requireLastPushApproval: false,
  requiredApprovingReviewCount: null,
  requiredStatusCheckContexts: [],
  requiresApprovingReviews: false,
  requiresCodeOwnerReviews: false,
  requiresCommitSignatures: false,
  requiresConversationResolution: false,
  requiresLinearHistory: false,
  requiresStatusChecks: false,
  requiresStrictStatusChecks: false,
  restrictsPushes: false,
  restrictsReviewDismissals: false,
  reviewDismissalActorIds: [],
};
const ACTOR_LISTS = ["bypassForcePushActorIds", "bypassPullRequestActorIds", "pushActorIds", "reviewDismissalActorIds"] as const;

export function protectionMutations(hub: Hub, viewer: Viewer, views: Views) {
  const payload = (repo: Repo, rule: Protection) => ({ branchProtectionRule: views.rule(repo, rule) });
  return {
    createBranchProtectionRule: async ({ input }: { input: Input }) => {
      const id = parseNodeId(input.repositoryId ?? "");
      const repo = id?.kind === "R" ? hub.repositoryById(id.id) : undefined;
      if (repo === undefined || (repo.visibility !== "public" && !administers(hub, viewer, repo, false)))
        throw fault("NOT_FOUND", `Could not resolve to a node with the global id of '${input.repositoryId}'`);
      check(hub, viewer, repo, input);
      if (repo.protections.some(({ pattern }) => pattern === input.pattern))
        throw fault("UNPROCESSABLE", `Name already protected: ${input.pattern}`);
      const rule: Protection = { ...NEW, ...values(input), id: hub.id(), pattern: input.pattern!, creator: viewer.login! };
      repo.protections.push(rule);
      hub.audit(repo, repo.owner, viewer.login!, "protected_branch.create", { name: rule.pattern });
      await hub.save();
      return payload(repo, rule);
    },
    updateBranchProtectionRule: async ({ input }: { input: Input }) => {
      const { repo, rule } = ruleOf(hub, viewer, input.branchProtectionRuleId);
      check(hub, viewer, repo, input);
      if (repo.protections.some((other) => other !== rule && other.pattern === input.pattern))
        throw fault("UNPROCESSABLE", `Name already protected: ${input.pattern}`);
      Object.assign(rule, values(input));
      hub.audit(repo, repo.owner, viewer.login!, "protected_branch.update", { name: rule.pattern });
      await hub.save();
      return payload(repo, rule);
    },
    deleteBranchProtectionRule: async ({ input }: { input: Input }) => {
      const { repo, rule } = ruleOf(hub, viewer, input.branchProtectionRuleId);
      repo.protections.splice(repo.protections.indexOf(rule), 1);
      hub.audit(repo, repo.owner, viewer.login!, "protected_branch.destroy", { name: rule.pattern });
      await hub.save();
      return { clientMutationId: input.clientMutationId ?? null };
    },
  };
}

function ruleOf(hub: Hub, viewer: Viewer, id: string | undefined): { repo: Repo; rule: Protection } {
  const parsed = parseNodeId(id ?? "");
  const found = parsed?.kind === "BPR" ? ruleById(hub, parsed.id) : undefined;
  if (found === undefined || !administers(hub, viewer, found.repo, true))
    throw fault("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
  return found;
}

function check(hub: Hub, viewer: Viewer, repo: Repo, input: Input): void {
  if (!administers(hub, viewer, repo, true))
    throw fault("FORBIDDEN", `${viewer.login} does not have the correct permissions to execute \`CreateBranchProtectionRule\``);
  if (repo.visibility !== "public" && hub.planOf(repo) === "free")
    throw fault("FORBIDDEN", "Upgrade to GitHub Pro or make this repository public to enable this feature.");
  const { requiredApprovingReviewCount: count } = input;
  if (typeof count === "number" && (count < 0 || count > 6))
    throw fault("UNPROCESSABLE", "Required approving review count must be between 0 and 6");
  const lists = ACTOR_LISTS.filter((key) => (input[key] ?? []).length > 0);
  if (lists.length > 0 && hub.account(repo.owner).type !== "Organization")
    throw fault("UNPROCESSABLE", "Only organization repositories can have users and team restrictions");
  for (const id of lists.flatMap((key) => input[key] ?? [])) {
    const parsed = parseNodeId(id);
    const known = parsed !== undefined && (parsed.kind === "T" ? hub.teamById(parsed.id) : hub.accountById(parsed.id)) !== undefined;
    if (!known) throw fault("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
  }
}

/** The settings of an input: what is null changes nothing. */
function values(input: Input): Partial<Protection> {
  const { repositoryId: _, branchProtectionRuleId: __, clientMutationId: ___, ...rest } = input;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined));
}
