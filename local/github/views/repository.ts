import { atLeast, levelOf } from "../access.ts";
import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Level, Repo } from "../state.ts";
import { api, simpleUser } from "./people.ts";

export const repoUrl = (root: string, repo: Repo): string => `${api(root)}/repos/${repo.owner}/${repo.name}`;
export const repoPage = (root: string, repo: Repo): string => `${root}/${repo.owner}/${repo.name}`;

/** Address templates that every form of a repository has. */
const TEMPLATES: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

export function minimalRepository(hub: Hub, root: string, repo: Repo): Record<string, unknown> {
  const url = repoUrl(root, repo);
  const { description } = repo.settings;
  return {
    id: repo.id,
    node_id: nodeId("R", repo.id),
    name: repo.name,
    full_name: `${repo.owner}/${repo.name}`,
    owner: simpleUser(root, hub.account(repo.owner)),
    private: repo.visibility !== "public",
    html_url: repoPage(root, repo),
    description,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(TEMPLATES).map(([key, path]) => [key, url + path])),
  };
}

export const permissions = (level: Level | undefined): Record<Level, boolean> => ({
  admin: atLeast(level, "admin"),
  maintain: atLeast(level, "maintain"),
  push: atLeast(level, "push"),
  triage: atLeast(level, "triage"),
  pull: atLeast(level, "pull"),
});

/** As lists and pull requests show it. */
export function repositoryView(hub: Hub, root: string, repo: Repo): Record<string, unknown> {
  const page = repoPage(root, repo);
  const { homepage, default_branch, archived, has_issues, has_projects, has_wiki, has_discussions, has_downloads, is_template } =
    repo.settings;
  const open = Object.values(repo.issues).filter(({ state }) => state === "open").length;
  return {
    ...minimalRepository(hub, root, repo),
    git_url: page.replace(/^https?:/, "git:").concat(".git"),
    ssh_url: `git@${new URL(root).hostname}:${repo.owner}/${repo.name}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: homepage === "" ? null : homepage,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues,
    has_projects,
    has_downloads,
    has_wiki,
    has_pages: false,
    has_discussions,
    forks_count: 0,
    archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: repo.settings.allow_forking,
    is_template,
    web_commit_signoff_required: repo.settings.web_commit_signoff_required,
    topics: repo.topics,
    visibility: repo.visibility,
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch,
    pushed_at: repo.pushedAt,
    created_at: repo.createdAt,
    updated_at: repo.updatedAt,
  };
}

/** The whole of it; merge settings only for who may push. */
export function fullRepository(hub: Hub, root: string, repo: Repo, login: string | undefined): Record<string, unknown> {
  const level = levelOf(hub, repo, login);
  const owner = hub.account(repo.owner);
  const s = repo.settings;
  const merging = {
    allow_rebase_merge: s.allow_rebase_merge,
    allow_squash_merge: s.allow_squash_merge,
    allow_merge_commit: s.allow_merge_commit,
    allow_auto_merge: s.allow_auto_merge,
    allow_update_branch: s.allow_update_branch,
    delete_branch_on_merge: s.delete_branch_on_merge,
    use_squash_pr_title_as_default: false,
    squash_merge_commit_message: s.squash_merge_commit_message,
    squash_merge_commit_title: s.squash_merge_commit_title,
    merge_commit_message: s.merge_commit_message,
    merge_commit_title: s.merge_commit_title,
  };
  return {
    ...repositoryView(hub, root, repo),
    permissions: permissions(level),
    temp_clone_token: "",
    ...(atLeast(level, "push") ? merging : {}),
    ...(owner.type === "Organization" ? { organization: simpleUser(root, owner) } : {}),
    network_count: 0,
    subscribers_count: 0,
  };
}
