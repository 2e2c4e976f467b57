import { GraphQLError } from "graphql";
import { atLeast, levelOf, tokenAllows, type Viewer } from "../access.ts";
import type { Hub } from "../hub.ts";
import { nodeId, parseNodeId } from "../node-id.ts";
import type { Protection, Pull, Repo, Thread } from "../state.ts";
import { accountNodeId } from "../views/people.ts";
import { protectionMutations } from "./protection.ts";

export const fault = (type: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { type } });
const unresolved = (id: string): GraphQLError => fault("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);

export type Root = ReturnType<typeof rootOf>;

/** Resolvers of the schema's root. Each type's values are objects of plain values and functions, as graphql-js reads them. */
export function rootOf(hub: Hub, viewer: Viewer) {
  const mayRead = (repo: Repo): boolean =>
    levelOf(hub, repo, viewer.login) !== undefined &&
    (viewer.token?.permissions !== undefined || tokenAllows(viewer.token, repo, "metadata", false));
  const views = nodeViews(hub);

  const find = (id: string) => {
    const parsed = parseNodeId(id);
    if (parsed === undefined) throw unresolved(id);
    const { kind, id: number } = parsed;
    if (kind === "R") {
      const repo = hub.repositoryById(number);
      if (repo !== undefined && mayRead(repo)) return views.repository(repo);
    } else if (kind === "BPR") {
      const found = ruleById(hub, number);
      if (found !== undefined && administers(hub, viewer, found.repo, false)) return views.rule(found.repo, found.rule);
    } else if (kind === "T") {
      const found = hub.teamById(number);
      if (found !== undefined && found.org.members[(viewer.login ?? "").toLowerCase()] !== undefined)
        return views.team(found.org.login, found.team);
    } else if (kind === "PR" || kind === "PRRT") {
      for (const repo of Object.values(hub.state.repos).filter(mayRead))
        for (const pull of Object.values(repo.pulls)) {
          if (kind === "PR" && pull.id === number) return views.pull(repo, pull);
          const thread = kind === "PRRT" ? pull.threads.find((candidate) => candidate.id === number) : undefined;
          if (thread !== undefined) return views.thread(thread);
        }
    } else {
      const account = hub.accountById(number);
      if (account !== undefined) return views.account(account.login);
    }
    throw unresolved(id);
  };

  const organization = ({ login }: { login: string }) => {
    const org = hub.state.accounts[login.toLowerCase()];
    if (org?.type !== "Organization") throw fault("NOT_FOUND", `Could not resolve to an Organization with the login of '${login}'.`);
    return views.account(org.login);
  };

  return {
    node: ({ id }: { id: string }) => find(id),
    viewer: () => views.account(viewer.login!),
    user: ({ login }: { login: string }) => {
      const account = hub.state.accounts[login.toLowerCase()];
      if (account?.type !== "User") throw fault("NOT_FOUND", `Could not resolve to a User with the login of '${login}'.`);
      return views.account(account.login);
    },
    organization,
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repo = hub.state.repos[`${owner}/${name}`.toLowerCase()];
      if (repo === undefined || !mayRead(repo))
        throw fault("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      return views.repository(repo);
    },
    ...protectionMutations(hub, viewer, views),
    resolveReviewThread: ({ input }: { input: { threadId: string } }) => resolveThread(hub, viewer, input.threadId, viewer.login!, views),
    unresolveReviewThread: ({ input }: { input: { threadId: string } }) => resolveThread(hub, viewer, input.threadId, null, views),
    markPullRequestReadyForReview: async ({ input }: { input: { pullRequestId: string } }) => {
      const number = parseNodeId(input.pullRequestId)?.id;
      for (const repo of Object.values(hub.state.repos).filter(mayRead))
        for (const pull of Object.values(repo.pulls))
          if (pull.id === number) {
            pull.draft = false;
            await hub.save();
            return { pullRequest: views.pull(repo, pull) };
          }
      throw unresolved(input.pullRequestId);
    },
  };
}

/** Whether the user administers the repository, with a token that may say so. */
export const administers = (hub: Hub, viewer: Viewer, repo: Repo, write: boolean): boolean =>
  atLeast(levelOf(hub, repo, viewer.login), "admin") && tokenAllows(viewer.token, repo, "administration", write);

export function ruleById(hub: Hub, id: number): { repo: Repo; rule: Protection } | undefined {
  for (const repo of Object.values(hub.state.repos)) {
    const rule = repo.protections.find((candidate) => candidate.id === id);
    if (rule !== undefined) return { repo, rule };
  }
  return undefined;
}

async function resolveThread(hub: Hub, viewer: Viewer, id: string, by: string | null, views: Views) {
  const number = parseNodeId(id)?.id;
  for (const repo of Object.values(hub.state.repos)) {
    if (!atLeast(levelOf(hub, repo, viewer.login), "pull")) continue;
    for (const pull of Object.values(repo.pulls))
      for (const thread of pull.threads)
        if (thread.id === number) {
          thread.resolvedBy = by;
          await hub.save();
          return { thread: views.thread(thread) };
        }
  }
  throw unresolved(id);
}

/** A whole list as one page, cut to `first`. */
function connection<T>(items: T[]) {
  return ({ first, after }: { first?: number | null; after?: string | null } = {}) => {
    const start = after ? Number(Buffer.from(after, "base64url").toString()) : 0;
    const nodes = items.slice(start, start + (first ?? 100));
    const end = start + nodes.length;
    const cursor = (at: number): string => Buffer.from(String(at)).toString("base64url");
    return {
      nodes,
      totalCount: items.length,
      pageInfo: {
        endCursor: nodes.length > 0 ? cursor(end) : null,
        startCursor: cursor(start),
        hasNextPage: end < items.length,
        hasPreviousPage: start > 0,
      },
    };
  };
}

export type Views = ReturnType<typeof nodeViews>;
export function nodeViews(hub: Hub) {
  const account = (login: string) => {
    const found = hub.account(login);
    return {
      __typename: found.type === "Organization" ? "Organization" : "User",
      id: accountNodeId(found),
      databaseId: found.id,
      name: found.name,
      login: found.login,
      email: found.email ?? "",
      team: ({ slug }: { slug: string }) => {
        const one = found.teams[slug.toLowerCase()];
        return one === undefined ? null : team(found.login, one);
      },
    };
  };
  const team = (org: string, of: { id: number; name: string; slug: string; description: string | null }) => ({
    __typename: "Team",
    id: nodeId("T", of.id),
    databaseId: of.id,
    name: of.name,
    slug: of.slug,
    description: of.description,
    combinedSlug: `${org}/${of.slug}`,
  });
  const actor = (id: string) => {
    const parsed = parseNodeId(id);
    const found = parsed?.kind === "T" ? hub.teamById(parsed.id) : undefined;
    if (found !== undefined) return { actor: team(found.org.login, found.team) };
    const user = parsed === undefined ? undefined : hub.accountById(parsed.id);
    return { actor: user === undefined ? null : account(user.login) };
  };
  const repository = (repo: Repo): object => ({
    __typename: "Repository",
    id: nodeId("R", repo.id),
    databaseId: repo.id,
    name: repo.name,
    nameWithOwner: `${repo.owner}/${repo.name}`,
    isPrivate: repo.visibility !== "public",
    branchProtectionRules: connection(repo.protections.map((one) => rule(repo, one))),
    pullRequest: ({ number }: { number: number }) => {
      const found = repo.pulls[number];
      if (found === undefined) throw fault("NOT_FOUND", `Could not resolve to a PullRequest with the number of ${number}.`);
      return pull(repo, found);
    },
  });
  const rule = (repo: Repo, one: Protection) => ({
    ...one,
    __typename: "BranchProtectionRule",
    id: nodeId("BPR", one.id),
    databaseId: one.id,
    creator: () => account(one.creator),
    repository: () => repository(repo),
    pushAllowances: connection(one.pushActorIds.map(actor)),
    reviewDismissalAllowances: connection(one.reviewDismissalActorIds.map(actor)),
    bypassForcePushAllowances: connection(one.bypassForcePushActorIds.map(actor)),
    bypassPullRequestAllowances: connection(one.bypassPullRequestActorIds.map(actor)),
  });
  const thread = (one: Thread) => ({
    __typename: "PullRequestReviewThread",
    id: nodeId("PRRT", one.id),
    isResolved: one.resolvedBy !== null,
    path: one.path,
    resolvedBy: one.resolvedBy === null ? null : account(one.resolvedBy),
  });
  const pull = (repo: Repo, one: Pull) => ({
    __typename: "PullRequest",
    id: nodeId("PR", one.id),
    number: one.number,
    title: repo.issues[one.number]?.title ?? "",
    isDraft: one.draft,
    reviewThreads: connection(one.threads.map(thread)),
  });
  return { account, team, repository, rule, thread, pull };
}
