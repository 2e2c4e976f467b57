import type { Unread } from "../../drift/finding.ts";
import { CODEOWNERS_FILES } from "../../gates/code-owners.ts";
import { type Api, inWords, isBeyondPlan, statusOf, unlessGone } from "../api.ts";
import { type LiveRuleset, readRulesets } from "./read-rulesets.ts";

/** A branch protection rule as GraphQL has it; actors as `/login` and `owner/team`. */
export type LiveProtection = Readonly<Record<string, unknown>> & { readonly pattern: string };

export interface LiveEnvironment {
  readonly name: string;
  readonly updatedAt: string | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  /** `branch main`, `tag v*`. */
  readonly policies: readonly string[];
  readonly secrets: readonly Dated[];
  readonly variables: readonly Variable[];
}
export interface Dated {
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}
export interface Variable extends Dated {
  readonly value: string;
}
/** All that a repository keeps rules in. A part that could not be read is undefined, and `unread` says why. */
export interface Live {
  readonly repository: Readonly<Record<string, unknown>> | undefined;
  readonly protections: readonly LiveProtection[] | undefined;
  readonly rulesets: readonly LiveRuleset[] | undefined;
  readonly environments: readonly LiveEnvironment[] | undefined;
  readonly codeOwners: { readonly path: string; readonly text: string } | "none" | undefined;
  /** Level by `login` or `owner/team`. */
  readonly access: Readonly<Record<string, string>> | undefined;
  readonly unread: readonly Unread[];
}

const ACTORS = "nodes { actor { ... on App { slug } ... on Team { combinedSlug } ... on User { login } } }";
const PROTECTIONS = `query($owner: String!, $repo: String!, $cursor: String) { repository(owner: $owner, name: $repo) {
  branchProtectionRules(first: 50, after: $cursor) { nodes {
    pattern allowsDeletions allowsForcePushes blocksCreations dismissesStaleReviews isAdminEnforced lockBranch requireLastPushApproval
    requiredApprovingReviewCount requiredStatusCheckContexts requiresApprovingReviews requiresCodeOwnerReviews requiresCommitSignatures
    requiresConversationResolution requiresLinearHistory requiresStatusChecks requiresStrictStatusChecks restrictsPushes restrictsReviewDismissals
    pushAllowances(first: 100) { ${ACTORS} } reviewDismissalAllowances(first: 100) { ${ACTORS} }
    bypassForcePushAllowances(first: 100) { ${ACTORS} } bypassPullRequestAllowances(first: 100) { ${ACTORS} }
  } pageInfo { endCursor hasNextPage } } } }`;

/** Reads a part, or notes why it could not be read. */
export const reader =
  (api: Api, unread: Unread[]) =>
  async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      unread.push({ what: `${what} of ${api.owner}/${api.repo}`, why: inWords(error, api), declared: true });
      return undefined;
    }
  };

/** Reads every rule of a repository, side by side, and changes nothing. */
export async function readLive(api: Api): Promise<Live> {
  const { octokit, owner, repo } = api;
  const unread: Unread[] = [];
  const at = { owner, repo };
  const part = reader(api, unread);
  let knowsRules = true;
  const unlessBeyondPlan = <T>(read: Promise<T[]>): Promise<T[]> =>
    read.catch((error: unknown) => {
      if (!isBeyondPlan(error)) throw error;
      knowsRules = false;
      return [];
    });
  const rulesets = part("the rulesets", () => unlessBeyondPlan(readRulesets(api)));
  const [repository, protections, environments, codeOwners, access] = await Promise.all([
    part("the settings", async () => (await octokit.rest.repos.get(at)).data as Readonly<Record<string, unknown>>),
    part("the branch protection", () => unlessBeyondPlan(readProtections(api))),
    part("the environments", async () => {
      // Where the plan knows no rules it knows no environments either, and says only that they are not there.
      const found = await unlessGone(readEnvironments(api));
      await rulesets;
      if (found === undefined && knowsRules) throw new Error("there is no such list, or the token may not see it");
      return found ?? [];
    }),
    part("CODEOWNERS", () => readCodeOwners(api)),
    part("who may do what", () => readAccess(api)),
  ]);
  return { repository, protections, rulesets: await rulesets, environments, codeOwners, access, unread };
}

async function readProtections({ octokit, owner, repo }: Api): Promise<LiveProtection[]> {
  // Who does not administer the repository gets an empty list here, where REST refuses.
  const { data } = await octokit.rest.repos.get({ owner, repo });
  await octokit.rest.repos.getBranchProtection({ owner, repo, branch: data.default_branch }).catch((error: unknown) => {
    if (!(error instanceof Error && /branch not (protected|found)/i.test(error.message))) throw error;
  });
  const { repository } = await octokit.graphql.paginate<{ repository: { branchProtectionRules: { nodes: LiveProtection[] } } }>(
    PROTECTIONS,
    {
      owner,
      repo,
    },
  );
  const names = (list: unknown): string[] =>
    (list as { nodes: { actor: { login?: string; combinedSlug?: string; slug?: string } | null }[] }).nodes.flatMap(({ actor }) =>
      actor === null ? [] : [actor.login !== undefined ? `/${actor.login}` : (actor.combinedSlug ?? actor.slug ?? "?")],
    );
  return repository.branchProtectionRules.nodes.map((rule) => ({
    ...rule,
    pushAllowances: names(rule.pushAllowances),
    reviewDismissalAllowances: names(rule.reviewDismissalAllowances),
    bypassForcePushAllowances: names(rule.bypassForcePushAllowances),
    bypassPullRequestAllowances: names(rule.bypassPullRequestAllowances),
  }));
}

export interface Dates {
  name: string;
  created_at: string;
  updated_at: string;
}
export const dated = ({ name, created_at, updated_at }: Dates): Dated => ({ name, createdAt: created_at, updatedAt: updated_at });

export const valued = (one: Dates & { value: string }): Variable => ({ ...dated(one), value: one.value });

type FoundEnvironment = Awaited<ReturnType<Api["octokit"]["rest"]["repos"]["getEnvironment"]>>["data"];

async function readEnvironments({ octokit, owner, repo }: Api): Promise<LiveEnvironment[]> {
  const at = { owner, repo };
  const listed: unknown = await octokit.paginate(octokit.rest.repos.getAllEnvironments, { ...at, per_page: 100 });
  return Promise.all(
    (listed as FoundEnvironment[]).map(async (found): Promise<LiveEnvironment> => {
      const own = { ...at, environment_name: found.name, per_page: 100 };
      const policy = found.deployment_branch_policy;
      const [policies, secrets, variables] = await Promise.all([
        policy?.custom_branch_policies ? octokit.paginate(octokit.rest.repos.listDeploymentBranchPolicies, own) : [],
        octokit.paginate(octokit.rest.actions.listEnvironmentSecrets, own),
        octokit.paginate(octokit.rest.actions.listEnvironmentVariables, { ...own, per_page: 30 }),
      ]);
      const rules = (found.protection_rules ?? []) as {
        type: string;
        wait_timer?: number;
        prevent_self_review?: boolean;
        reviewers?: { type: string; reviewer: { id: number; login?: string; slug?: string } }[];
      }[];
      const required = rules.find(({ type }) => type === "required_reviewers");
      return {
        name: found.name,
        updatedAt: found.updated_at,
        settings: {
          waitTimer: rules.find(({ type }) => type === "wait_timer")?.wait_timer ?? 0,
          preventSelfReview: required?.prevent_self_review ?? false,
          canAdminsBypass: (found as { can_admins_bypass?: boolean }).can_admins_bypass ?? true,
          reviewers: (required?.reviewers ?? []).map(({ type, reviewer }) => ({
            type,
            id: reviewer.id,
            name: reviewer.login ?? `${owner}/${reviewer.slug}`,
          })),
          deployFrom:
            policy === null || policy === undefined ? "anything" : policy.protected_branches ? "protected branches" : "listed below",
        },
        policies: (policies as { name?: string; type?: string }[]).map(({ name, type = "branch" }) => `${type} ${name}`),
        secrets: (secrets as Dates[]).map(dated),
        variables: (variables as (Dates & { value: string })[]).map(valued),
      };
    }),
  );
}

async function readCodeOwners({ octokit, owner, repo }: Api): Promise<{ path: string; text: string } | "none"> {
  for (const path of CODEOWNERS_FILES) {
    const found = await unlessGone(octokit.rest.repos.getContent({ owner, repo, path }));
    const data = found?.data as { content?: string } | undefined;
    if (data?.content !== undefined) return { path, text: Buffer.from(data.content, "base64").toString() };
  }
  return "none";
}

async function readAccess({ octokit, owner, repo }: Api): Promise<Record<string, string>> {
  const at = { owner, repo, per_page: 100 };
  const [people, teams] = await Promise.all([
    octokit.paginate(octokit.rest.repos.listCollaborators, { ...at, affiliation: "direct" }),
    octokit.paginate(octokit.rest.repos.listTeams, at).catch((error: unknown) => {
      if (statusOf(error) === 404) return []; // a user's repository has no teams
      throw error;
    }),
  ]);
  const level = (role: string): string => ({ write: "push", read: "pull" })[role] ?? role;
  return Object.fromEntries([
    ...people.map(({ login, role_name }) => [login, level(role_name)]),
    ...teams.map(({ slug, permission }) => [`${owner}/${slug}`, level(permission)]),
  ]);
}
