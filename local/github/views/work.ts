import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Comment, Issue, Label, Pull, Repo, Review, Thread } from "../state.ts";
import { simpleUser, teamView, userNamed } from "./people.ts";
import { repoPage, repositoryView, repoUrl } from "./repository.ts";

export const labelView = (root: string, repo: Repo, label: Label): object => ({
  ...label,
  node_id: nodeId("LA", label.id),
  url: `${repoUrl(root, repo)}/labels/${encodeURIComponent(label.name)}`,
  default: false,
});
const labelsOf = (root: string, repo: Repo, issue: Issue): object[] =>
  issue.labels.flatMap((name) => {
    const label = repo.labels[name.toLowerCase()];
    return label === undefined ? [] : [labelView(root, repo, label)];
  });

export function association(hub: Hub, repo: Repo, login: string): string {
  const key = login.toLowerCase();
  const owner = hub.account(repo.owner);
  if (owner.login.toLowerCase() === key) return "OWNER";
  if (owner.members[key] !== undefined) return "MEMBER";
  return repo.collaborators[key] === undefined ? "NONE" : "COLLABORATOR";
}

export function issueView(hub: Hub, root: string, repo: Repo, issue: Issue): Record<string, unknown> {
  const url = `${repoUrl(root, repo)}/issues/${issue.number}`;
  const pull = repo.pulls[issue.number];
  const page = `${repoPage(root, repo)}/${pull === undefined ? "issues" : "pull"}/${issue.number}`;
  const pullUrl = `${repoUrl(root, repo)}/pulls/${issue.number}`;
  const assignees = issue.assignees.flatMap((login) => userNamed(hub, root, login) ?? []);
  return {
    id: issue.id,
    node_id: nodeId(pull === undefined ? "I" : "PR", issue.id),
    url,
    repository_url: repoUrl(root, repo),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: userNamed(hub, root, issue.author),
    labels: labelsOf(root, repo, issue),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: issue.comments.length,
    ...(pull === undefined
      ? {}
      : {
          draft: pull.draft,
          pull_request: {
            url: pullUrl,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: pull.merged?.at ?? null,
          },
        }),
    closed_at: issue.closedAt,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    author_association: association(hub, repo, issue.author),
  };
}

export function commentView(hub: Hub, root: string, repo: Repo, issue: Issue, comment: Comment): object {
  const url = repoUrl(root, repo);
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${repoPage(root, repo)}/${repo.pulls[issue.number] ? "pull" : "issues"}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${issue.number}`,
    body: comment.body,
    user: userNamed(hub, root, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(hub, repo, comment.author),
  };
}

/** As lists show a pull request; `pullView` of the routes adds what one alone has. */
export function pullSimple(hub: Hub, root: string, repo: Repo, pull: Pull): Record<string, unknown> {
  const issue = repo.issues[pull.number]!;
  const url = `${repoUrl(root, repo)}/pulls/${pull.number}`;
  const issueUrl = `${repoUrl(root, repo)}/issues/${pull.number}`;
  const page = `${repoPage(root, repo)}/pull/${pull.number}`;
  const owner = hub.account(repo.owner);
  const side = (ref: string, sha: string) => ({
    label: `${repo.owner}:${ref}`,
    ref,
    sha,
    user: simpleUser(root, owner),
    repo: repositoryView(hub, root, repo),
  });
  const addresses = {
    html: page,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repoUrl(root, repo)}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repoUrl(root, repo)}/statuses/${pull.headSha}`,
  };
  const assignees = issue.assignees.flatMap((login) => userNamed(hub, root, login) ?? []);
  const auto = pull.autoMerge;
  return {
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    commits_url: addresses.commits,
    review_comments_url: addresses.review_comments,
    review_comment_url: addresses.review_comment,
    comments_url: addresses.comments,
    statuses_url: addresses.statuses,
    number: pull.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    body: issue.body,
    user: userNamed(hub, root, issue.author),
    labels: labelsOf(root, repo, issue),
    milestone: null,
    active_lock_reason: null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.sha ?? null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedUsers.flatMap((login) => userNamed(hub, root, login) ?? []),
    requested_teams: pull.requestedTeams.flatMap((slug) => {
      const team = owner.teams[slug];
      return team === undefined ? [] : [teamView(root, owner, team)];
    }),
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.baseSha),
    _links: { self: { href: url }, ...Object.fromEntries(Object.entries(addresses).map(([key, href]) => [key, { href }])) },
    author_association: association(hub, repo, issue.author),
    auto_merge:
      auto === null
        ? null
        : { enabled_by: userNamed(hub, root, auto.by), merge_method: auto.method, commit_title: null, commit_message: null },
    draft: pull.draft,
  };
}

export function reviewView(hub: Hub, root: string, repo: Repo, pull: Pull, review: Review): object {
  const page = `${repoPage(root, repo)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const url = `${repoUrl(root, repo)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: userNamed(hub, root, review.author),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: url,
    _links: { html: { href: page }, pull_request: { href: url } },
    ...(review.state === "PENDING" ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitId,
    author_association: association(hub, repo, review.author),
  };
}

export function reviewCommentView(hub: Hub, root: string, repo: Repo, pull: Pull, thread: Thread): object {
  const url = `${repoUrl(root, repo)}/pulls/comments/${thread.id}`;
  const page = `${repoPage(root, repo)}/pull/${pull.number}#discussion_r${thread.id}`;
  const pullUrl = `${repoUrl(root, repo)}/pulls/${pull.number}`;
  return {
    id: thread.id,
    node_id: nodeId("PRRC", thread.id),
    url,
    html_url: page,
    pull_request_url: pullUrl,
    pull_request_review_id: null,
    diff_hunk: "",
    path: thread.path,
    commit_id: thread.commitId,
    original_commit_id: thread.commitId,
    user: userNamed(hub, root, thread.author),
    body: thread.body,
    created_at: thread.createdAt,
    updated_at: thread.createdAt,
    author_association: association(hub, repo, thread.author),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullUrl } },
    subject_type: "file",
  };
}
