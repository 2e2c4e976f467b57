import { ProviderError } from "../../../engine/provider.ts";
import { isMap, type PropertyMap, type Value } from "../../../engine/values.ts";
import { type Session, unlessGone } from "../client.ts";
import { type Handler, idOf, partsOf, text } from "../handler.ts";
import { withDefaults } from "../preview.ts";
import { branchProtection as schema } from "../schema/branches.ts";

const ACTOR = "nodes { actor { ... on App { id } ... on Team { id slug } ... on User { id login } } }";
const READ = `query($id: ID!) { node(id: $id) { ... on BranchProtectionRule {
  id pattern allowsDeletions allowsForcePushes blocksCreations dismissesStaleReviews isAdminEnforced lockBranch requireLastPushApproval
  requiredApprovingReviewCount requiredStatusCheckContexts requiresApprovingReviews requiresCodeOwnerReviews requiresCommitSignatures
  requiresConversationResolution requiresLinearHistory requiresStatusChecks requiresStrictStatusChecks restrictsPushes restrictsReviewDismissals
  repository { id name }
  pushAllowances(first: 100) { ${ACTOR} } reviewDismissalAllowances(first: 100) { ${ACTOR} }
  bypassForcePushAllowances(first: 100) { ${ACTOR} } bypassPullRequestAllowances(first: 100) { ${ACTOR} }
} } }`;
const mutation = (verb: "create" | "update"): string => {
  const name = `${verb}BranchProtectionRule`;
  return `mutation($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { branchProtectionRule { id } } }`;
};
const DELETE = "mutation($input: DeleteBranchProtectionRuleInput!) { deleteBranchProtectionRule(input: $input) { clientMutationId } }";

interface Actors {
  nodes: { actor: { id: string; slug?: string; login?: string } | null }[];
}
interface Rule extends Record<string, unknown> {
  id: string;
  pattern: string;
  repository: { id: string; name: string };
  pushAllowances: Actors;
  reviewDismissalAllowances: Actors;
  bypassForcePushAllowances: Actors;
  bypassPullRequestAllowances: Actors;
}

export const branchProtection: Handler = {
  async create({ session, inputs }) {
    const answer = await session.octokit.graphql<{ createBranchProtectionRule: { branchProtectionRule: { id: string } } }>(
      mutation("create"),
      {
        input: await inputOf(session, inputs),
      },
    );
    const { id } = answer.createBranchProtectionRule.branchProtectionRule;
    return { id, outputs: withDefaults(inputs, schema.inputs) };
  },
  async read({ session, id, olds }) {
    const nodeId = id.includes(":") ? await ruleWithPattern(session, ...(partsOf(id) as [string, string])) : id;
    if (nodeId === undefined) return undefined;
    const answer = await unlessGone(session.octokit.graphql<{ node: Rule | null }>(READ, { id: nodeId }));
    return answer?.node?.pattern === undefined ? undefined : { id: nodeId, outputs: outputsOf(answer.node, olds, await session.owner()) };
  },
  async update({ session, inputs, id }) {
    const { repositoryId: _, ...input } = await inputOf(session, inputs);
    await session.octokit.graphql(mutation("update"), { input: { ...input, branchProtectionRuleId: id } });
    return { id, outputs: withDefaults(inputs, schema.inputs) };
  },
  async delete({ session, id }) {
    await unlessGone(session.octokit.graphql(DELETE, { input: { branchProtectionRuleId: id } }));
  },
  async importId(inputs, session) {
    const repository = await repositoryName(session, text(inputs.repositoryId));
    const found = repository === undefined ? undefined : await ruleWithPattern(session, repository, text(inputs.pattern));
    return found === undefined || repository === undefined ? undefined : idOf(repository, text(inputs.pattern));
  },
};

const first = (value: Value | undefined): PropertyMap | undefined => (Array.isArray(value) && isMap(value[0]) ? value[0] : undefined);

/** Everything is always said, as the real provider does: what a program leaves out is off. */
async function inputOf(session: Session, inputs: PropertyMap): Promise<Record<string, unknown>> {
  const all = withDefaults(inputs, schema.inputs);
  const [reviews, checks, pushes] = [first(all.requiredPullRequestReviews), first(all.requiredStatusChecks), first(all.restrictPushes)];
  const actors = (value: Value | undefined) => Promise.all((Array.isArray(value) ? value : []).map((name) => actorId(session, text(name))));
  return {
    repositoryId: await repositoryNodeId(session, text(all.repositoryId)),
    pattern: all.pattern,
    allowsDeletions: all.allowsDeletions,
    allowsForcePushes: all.allowsForcePushes,
    blocksCreations: pushes?.blocksCreations ?? false,
    bypassForcePushActorIds: await actors(all.forcePushBypassers),
    bypassPullRequestActorIds: await actors(reviews?.pullRequestBypassers),
    dismissesStaleReviews: reviews?.dismissStaleReviews ?? false,
    isAdminEnforced: all.enforceAdmins,
    lockBranch: all.lockBranch,
    pushActorIds: await actors(pushes?.pushAllowances),
    requireLastPushApproval: reviews?.requireLastPushApproval ?? false,
    requiredApprovingReviewCount: reviews?.requiredApprovingReviewCount ?? 0,
    requiredStatusCheckContexts: checks?.contexts ?? [],
    requiresApprovingReviews: reviews !== undefined,
    requiresCodeOwnerReviews: reviews?.requireCodeOwnerReviews ?? false,
    requiresCommitSignatures: all.requireSignedCommits,
    requiresConversationResolution: all.requireConversationResolution,
    requiresLinearHistory: all.requiredLinearHistory,
    requiresStatusChecks: checks !== undefined,
    requiresStrictStatusChecks: checks?.strict ?? false,
    restrictsPushes: pushes !== undefined,
    restrictsReviewDismissals: reviews?.restrictDismissals ?? false,
    reviewDismissalActorIds: await actors(reviews?.dismissalRestrictions),
  };
}

/** `/user`, `organization/team` or a node id. */
async function actorId(session: Session, name: string): Promise<string> {
  const [org, slug] = name.split("/");
  if (slug === undefined) return name;
  const found =
    org === ""
      ? await session.octokit.graphql<{ user: { id: string } }>("query($user: String!) { user(login: $user) { id } }", { user: slug })
      : await session.octokit.graphql<{ organization: { team: { id: string } | null } }>(
          "query($organization: String!, $slug: String!) { organization(login: $organization) { team(slug: $slug) { id } } }",
          { organization: org, slug },
        );
  const id = "user" in found ? found.user.id : found.organization.team?.id;
  if (id === undefined) throw new ProviderError(`there is no team "${slug}" in the organization "${org}" that this token can see`);
  return id;
}

async function repositoryNodeId(session: Session, text: string): Promise<string> {
  const node = await unlessGone(session.octokit.graphql("query($id: ID!) { node(id: $id) { id } }", { id: text }));
  return node === undefined ? (await session.repository(text)).node_id : text;
}
async function repositoryName(session: Session, id: string): Promise<string | undefined> {
  const query = "query($id: ID!) { node(id: $id) { ... on Repository { name } } }";
  const answer = await session.octokit.graphql<{ node: { name?: string } | null }>(query, { id }).catch(() => undefined);
  return (
    answer?.node?.name ??
    (await session.repository(id).then(
      () => id,
      () => undefined,
    ))
  );
}

async function ruleWithPattern(session: Session, repository: string, pattern: string): Promise<string | undefined> {
  const query = `query($id: ID!, $after: String) { node(id: $id) { ... on Repository { branchProtectionRules(first: 100, after: $after) {
    nodes { id pattern } pageInfo { endCursor hasNextPage } } } } }`;
  const { node_id: id } = await session.repository(repository);
  let after: string | null = null;
  do {
    const answer: {
      node: {
        branchProtectionRules: { nodes: { id: string; pattern: string }[]; pageInfo: { endCursor: string | null; hasNextPage: boolean } };
      };
    } = await session.octokit.graphql(query, { id, after });
    const { nodes, pageInfo } = answer.node.branchProtectionRules;
    const found = nodes.find((rule) => rule.pattern === pattern);
    if (found !== undefined) return found.id;
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return undefined;
}

/** Actors in the words in which the program named them: by node id, or else by name, whose capitals mean nothing. An App has an id alone. */
function named(actors: Actors, before: Value | undefined, owner: string): string[] {
  const given = (Array.isArray(before) ? before : []).filter((one) => typeof one === "string");
  return actors.nodes.flatMap(({ actor }) => {
    if (actor === null) return [];
    if (given.includes(actor.id)) return [actor.id];
    const name = actor.login !== undefined ? `/${actor.login}` : actor.slug !== undefined ? `${owner}/${actor.slug}` : actor.id;
    return [given.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name];
  });
}

function outputsOf(rule: Rule, olds: PropertyMap, owner: string): PropertyMap {
  const [reviews, pushes] = [first(olds.requiredPullRequestReviews), first(olds.restrictPushes)];
  const value = (key: string): Value => (rule[key] ?? null) as Value;
  return {
    // A state may name the repository where GitHub has its node id.
    repositoryId: olds.repositoryId === rule.repository.name ? olds.repositoryId : rule.repository.id,
    pattern: rule.pattern,
    allowsDeletions: value("allowsDeletions"),
    allowsForcePushes: value("allowsForcePushes"),
    enforceAdmins: value("isAdminEnforced"),
    lockBranch: value("lockBranch"),
    requireConversationResolution: value("requiresConversationResolution"),
    requireSignedCommits: value("requiresCommitSignatures"),
    requiredLinearHistory: value("requiresLinearHistory"),
    ...(rule.allowsForcePushes === true
      ? {}
      : { forcePushBypassers: named(rule.bypassForcePushAllowances, olds.forcePushBypassers, owner) }),
    ...(rule.requiresApprovingReviews === true
      ? {
          requiredPullRequestReviews: [
            {
              dismissStaleReviews: value("dismissesStaleReviews"),
              dismissalRestrictions: named(rule.reviewDismissalAllowances, reviews?.dismissalRestrictions, owner),
              pullRequestBypassers: named(rule.bypassPullRequestAllowances, reviews?.pullRequestBypassers, owner),
              requireCodeOwnerReviews: value("requiresCodeOwnerReviews"),
              requireLastPushApproval: value("requireLastPushApproval"),
              requiredApprovingReviewCount: value("requiredApprovingReviewCount"),
              restrictDismissals: value("restrictsReviewDismissals"),
            },
          ],
        }
      : {}),
    ...(rule.requiresStatusChecks === true
      ? { requiredStatusChecks: [{ contexts: value("requiredStatusCheckContexts"), strict: value("requiresStrictStatusChecks") }] }
      : {}),
    ...(rule.restrictsPushes === true
      ? {
          restrictPushes: [
            { blocksCreations: value("blocksCreations"), pushAllowances: named(rule.pushAllowances, pushes?.pushAllowances, owner) },
          ],
        }
      : {}),
  };
}
