import type { Hub } from "../hub.ts";
import { assess, type RefUpdate } from "../protection/assess.ts";
import { isRefused, remoteLines } from "../protection/judge.ts";
import { protectionOf } from "../protection/match.ts";
import { Refusal } from "../refusal.ts";
import type { Activity, Repo } from "../state.ts";
import { ZERO } from "./repository.ts";

/** Moves a reference as a call of the API does: judged like a push, then done and recorded. */
export async function changeReference(hub: Hub, repo: Repo, update: RefUpdate, login: string): Promise<void> {
  const verdict = await assess(hub, repo, update, login);
  if (isRefused(verdict)) throw refused(update.ref, [...verdict.rulesets, ...verdict.classic], verdict.rulesets.length > 0);
  await hub.git(repo).updateRef(update.ref, update.after, update.before);
  await recordChange(hub, repo, update, login);
}

/** The body of GitHub's 422 (rulesets) or 409 (classic protection) to a call that the rules refuse. */
function refused(ref: string, reasons: string[], byRuleset: boolean): Refusal {
  if (byRuleset) return new Refusal(422, `Repository rule violations found\n\n${reasons.join("\n")}`);
  return new Refusal(422, `Protected branch update failed for ${ref}.\n\n${reasons.join("\n")}`);
}
export const pushRefusal = async (hub: Hub, repo: Repo, update: RefUpdate, login: string): Promise<string[]> =>
  remoteLines(update.ref, await assess(hub, repo, update, login));

/** Notes a change that has happened, and what follows from it for pull requests. */
export async function recordChange(
  hub: Hub,
  repo: Repo,
  { ref, before, after }: RefUpdate,
  login: string,
  type?: Activity["type"],
): Promise<void> {
  const at = hub.time();
  const git = hub.git(repo);
  const kind =
    type ??
    (before === ZERO
      ? "branch_creation"
      : after === ZERO
        ? "branch_deletion"
        : (await git.isAncestor(before, after))
          ? "push"
          : "force_push");
  if (ref.startsWith("refs/heads/")) repo.activity.unshift({ id: hub.id(), ref, before, after, type: kind, actor: login, at });
  repo.pushedAt = at;
  if (ref.startsWith("refs/heads/")) await followHead(hub, repo, ref.slice("refs/heads/".length), after, login);
  await hub.save();
}

/** Open pull requests from a branch go on with it; new commits may void approvals. */
async function followHead(hub: Hub, repo: Repo, branch: string, after: string, login: string): Promise<void> {
  for (const pull of Object.values(repo.pulls)) {
    const issue = repo.issues[pull.number];
    if (pull.head !== branch || issue?.state !== "open") continue;
    if (after === ZERO) {
      Object.assign(issue, { state: "closed", closedAt: hub.time() });
      continue;
    }
    pull.headSha = after;
    pull.lastPusher = login;
    issue.updatedAt = hub.time();
    if (dismissesStale(repo, pull.base)) for (const review of pull.reviews) if (review.state === "APPROVED") review.state = "DISMISSED";
  }
}

function dismissesStale(repo: Repo, base: string): boolean {
  const rule = protectionOf(repo.protections, base);
  if (rule?.requiresApprovingReviews && rule.dismissesStaleReviews) return true;
  return repo.rulesets.some(
    ({ enforcement, rules }) =>
      enforcement === "active" &&
      rules.some(({ type, parameters }) => type === "pull_request" && parameters?.dismiss_stale_reviews_on_push === true),
  );
}
