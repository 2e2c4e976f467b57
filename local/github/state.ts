/** Everything the stand-in knows, as its state file holds it. Times are ISO 8601, ids GitHub's numeric ones; git's objects are beside it. */
export interface State {
  nextId: number;
  accounts: Record<string, Account>;
  tokens: Record<string, Token>;
  /** By `owner/name`, in lower case. */
  repos: Record<string, Repo>;
}

export type Plan = "free" | "pro" | "team" | "enterprise";
export type Level = "pull" | "triage" | "push" | "maintain" | "admin";

export interface Account {
  id: number;
  login: string;
  type: "User" | "Organization" | "Bot";
  name: string | null;
  email: string | null;
  plan: Plan;
  createdAt: string;
  updatedAt: string;
  /** Organizations only. */
  members: Record<string, "admin" | "member">;
  teams: Record<string, Team>;
  auditLog: AuditEntry[];
}

export interface Team {
  id: number;
  name: string;
  slug: string;
  description: string | null;
  privacy: "secret" | "closed";
  notificationSetting: string;
  parentSlug: string | null;
  createdAt: string;
  updatedAt: string;
  members: Record<string, "member" | "maintainer">;
}

export interface Token {
  login: string;
  /** Classic scopes; undefined for a fine-grained token. */
  scopes?: string[];
  /** Fine-grained permissions, such as `administration: "write"`. */
  permissions?: Record<string, "read" | "write">;
}

/** One line of an organization's audit log. */
export interface AuditEntry {
  at: string;
  actor: string;
  action: string;
  repo: string | null;
  detail: Record<string, string>;
}

export interface Repo {
  id: number;
  owner: string;
  name: string;
  visibility: "public" | "private" | "internal";
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  settings: RepoSettings;
  topics: string[];
  collaborators: Record<string, Level>;
  teams: Record<string, Level>;
  protections: Protection[];
  rulesets: Ruleset[];
  environments: Record<string, Environment>;
  secrets: Record<string, Secret>;
  variables: Record<string, Variable>;
  keyPair: KeyPair;
  /** Issues and pull requests share their numbers. */
  nextNumber: number;
  issues: Record<string, Issue>;
  pulls: Record<string, Pull>;
  statuses: CommitStatus[];
  checkRuns: CheckRun[];
  deployments: Deployment[];
  /** Left out by state files from before there were any. */
  runs?: WorkflowRun[];
  releases: Release[];
  labels: Record<string, Label>;
  activity: Activity[];
  /** The local world put it there so that a program finds it: whoever creates it gets this one. */
  laidOut?: boolean;
}

export interface RepoSettings {
  description: string | null;
  homepage: string | null;
  default_branch: string;
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  has_discussions: boolean;
  has_downloads: boolean;
  is_template: boolean;
  archived: boolean;
  allow_merge_commit: boolean;
  allow_squash_merge: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_forking: boolean;
  allow_update_branch: boolean;
  delete_branch_on_merge: boolean;
  web_commit_signoff_required: boolean;
  squash_merge_commit_title: string;
  squash_merge_commit_message: string;
  merge_commit_title: string;
  merge_commit_message: string;
}

/** Classic branch protection; actors are node ids. */
export interface Protection {
  id: number;
  pattern: string;
  allowsDeletions: boolean;
  allowsForcePushes: boolean;
  blocksCreations: boolean;
  bypassForcePushActorIds: string[];
  bypassPullRequestActorIds: string[];
  dismissesStaleReviews: boolean;
  isAdminEnforced: boolean;
  lockBranch: boolean;
  pushActorIds: string[];
  requireLastPushApproval: boolean;
  requiredApprovingReviewCount: number | null;
  requiredStatusCheckContexts: string[];
  requiresApprovingReviews: boolean;
  requiresCodeOwnerReviews: boolean;
  requiresCommitSignatures: boolean;
  requiresConversationResolution: boolean;
  requiresLinearHistory: boolean;
  requiresStatusChecks: boolean;
  requiresStrictStatusChecks: boolean;
  restrictsPushes: boolean;
  restrictsReviewDismissals: boolean;
  reviewDismissalActorIds: string[];
  creator: string;
}

export interface Rule {
  type: string;
  parameters?: Record<string, unknown>;
}
export interface BypassActor {
  actor_id: number | null;
  actor_type: string;
  bypass_mode: string;
}
export interface Ruleset {
  id: number;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: "disabled" | "active" | "evaluate";
  bypassActors: BypassActor[];
  conditions: { ref_name?: { include: string[]; exclude: string[] } };
  rules: Rule[];
  createdAt: string;
  updatedAt: string;
  history: { versionId: number; actor: string; at: string }[];
}

export interface Reviewer {
  type: "User" | "Team";
  id: number;
}
export interface Environment {
  id: number;
  name: string;
  createdAt: string;
  updatedAt: string;
  waitTimer: number;
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  reviewers: Reviewer[];
  branchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  policies: { id: number; name: string; type: "branch" | "tag" }[];
  /** Ids of the protection rules, which GitHub keeps apart from the environment's own. */
  ruleIds: { timer: number; reviewers: number; branches: number };
  secrets: Record<string, Secret>;
  variables: Record<string, Variable>;
}

/** A value as its sender sealed it: only who holds the repository's private key can read it. */
export interface Secret {
  name: string;
  encryptedValue: string;
  keyId: string;
  createdAt: string;
  updatedAt: string;
}
export interface Variable {
  name: string;
  value: string;
  createdAt: string;
  updatedAt: string;
}
/** Base64, as libsodium's crypto_box_keypair makes it. */
export interface KeyPair {
  keyId: string;
  publicKey: string;
  privateKey: string;
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}
export interface Comment {
  id: number;
  author: string;
  body: string;
  createdAt: string;
  updatedAt: string;
}
export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: string | null;
  author: string;
  labels: string[];
  assignees: string[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  comments: Comment[];
}
export interface Review {
  id: number;
  author: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  body: string;
  commitId: string;
  submittedAt: string;
}
export interface Thread {
  id: number;
  path: string;
  body: string;
  author: string;
  commitId: string;
  createdAt: string;
  resolvedBy: string | null;
}
/** What a pull request has beyond its issue. */
export interface Pull {
  number: number;
  id: number;
  head: string;
  base: string;
  headSha: string;
  /** Where the base was when the pull request was opened or merged. */
  baseSha: string;
  /** Who pushed the last commit. */
  lastPusher: string;
  draft: boolean;
  merged: { at: string; by: string; sha: string } | null;
  reviews: Review[];
  threads: Thread[];
  requestedUsers: string[];
  requestedTeams: string[];
  autoMerge: { by: string; method: string } | null;
}

export interface CommitStatus {
  id: number;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: string;
  createdAt: string;
}
export interface CheckRun {
  id: number;
  sha: string;
  name: string;
  status: string;
  conclusion: string | null;
  startedAt: string;
  completedAt: string | null;
  detailsUrl: string | null;
  externalId: string;
  output: { title: string | null; summary: string | null; text: string | null };
}
export interface DeploymentStatus {
  id: number;
  state: string;
  description: string;
  environment: string;
  environmentUrl: string;
  logUrl: string;
  creator: string;
  createdAt: string;
}
export interface Deployment {
  id: number;
  sha: string;
  ref: string;
  task: string;
  environment: string;
  description: string | null;
  payload: unknown;
  creator: string;
  createdAt: string;
  updatedAt: string;
  transient: boolean;
  production: boolean;
  statuses: DeploymentStatus[];
}
/** A workflow's run, of which only reviews of its deployments are known. */
export interface WorkflowRun {
  id: number;
  name: string;
  path: string;
  event: string;
  headSha: string;
  headBranch: string;
  actor: string;
  /** Who started this attempt. */
  triggeringActor: string;
  startedAt: string;
  /** Environments that wait for a review. */
  waiting: string[];
  reviews: { environments: string[]; state: "approved" | "rejected"; by: string; comment: string }[];
}
export interface Release {
  id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  author: string;
  createdAt: string;
  publishedAt: string | null;
}
/** A change of a reference, as `GET /repos/{owner}/{repo}/activity` shows it. */
export interface Activity {
  id: number;
  ref: string;
  before: string;
  after: string;
  type: "push" | "force_push" | "branch_deletion" | "branch_creation" | "pr_merge";
  actor: string;
  at: string;
}
