import type { Hub } from "../hub.ts";
import { parseNodeId } from "../node-id.ts";
import type { Protection, Repo } from "../state.ts";
import { simpleUser, teamView } from "./people.ts";
import { repoUrl } from "./repository.ts";

/** Users and teams behind node ids, in the form of the REST API's lists. */
export function actors(hub: Hub, root: string, ids: readonly string[]): { users: object[]; teams: object[]; apps: object[] } {
  const users: object[] = [];
  const teams: object[] = [];
  for (const text of ids) {
    const id = parseNodeId(text);
    if (id?.kind === "T") {
      const found = hub.teamById(id.id);
      if (found !== undefined) teams.push(teamView(root, found.org, found.team));
    } else if (id !== undefined) {
      const account = hub.accountById(id.id);
      if (account !== undefined) users.push(simpleUser(root, account));
    }
  }
  return { users, teams, apps: [] };
}

/** A classic rule as `GET …/branches/{branch}/protection` shows it. */
export function classicView(hub: Hub, root: string, repo: Repo, branch: string, rule: Protection): object {
  const url = `${repoUrl(root, repo)}/branches/${encodeURIComponent(branch)}/protection`;
  const list = (ids: string[], key: string) => ({
    url: `${url}/${key}`,
    users_url: `${url}/${key}/users`,
    teams_url: `${url}/${key}/teams`,
    ...actors(hub, root, ids),
  });
  const checks = rule.requiredStatusCheckContexts;
  return {
    url,
    ...(rule.requiresStatusChecks
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: rule.requiresStrictStatusChecks,
            contexts: checks,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: checks.map((context) => ({ context, app_id: null })),
          },
        }
      : {}),
    ...(rule.requiresApprovingReviews
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: rule.dismissesStaleReviews,
            require_code_owner_reviews: rule.requiresCodeOwnerReviews,
            required_approving_review_count: rule.requiredApprovingReviewCount ?? 1,
            require_last_push_approval: rule.requireLastPushApproval,
            ...(rule.restrictsReviewDismissals
              ? { dismissal_restrictions: list(rule.reviewDismissalActorIds, "dismissal_restrictions") }
              : {}),
            ...(rule.bypassPullRequestActorIds.length > 0
              ? { bypass_pull_request_allowances: actors(hub, root, rule.bypassPullRequestActorIds) }
              : {}),
          },
        }
      : {}),
    ...(rule.restrictsPushes ? { restrictions: { apps_url: `${url}/restrictions/apps`, ...list(rule.pushActorIds, "restrictions") } } : {}),
    required_signatures: { url: `${url}/required_signatures`, enabled: rule.requiresCommitSignatures },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: rule.isAdminEnforced },
    required_linear_history: { enabled: rule.requiresLinearHistory },
    allow_force_pushes: { enabled: rule.allowsForcePushes || rule.bypassForcePushActorIds.length > 0 },
    allow_deletions: { enabled: rule.allowsDeletions },
    block_creations: { enabled: rule.blocksCreations },
    required_conversation_resolution: { enabled: rule.requiresConversationResolution },
    lock_branch: { enabled: rule.lockBranch },
    allow_fork_syncing: { enabled: false },
  };
}
