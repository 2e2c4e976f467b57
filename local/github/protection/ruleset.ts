import { type Actor, atLeast } from "../access.ts";
import type { BypassActor, Rule, Ruleset } from "../state.ts";
import type { Change } from "./change.ts";
import { approvalRefusals, behindRefusals, checkRefusals, mergeRefusals } from "./classic.ts";

/** Ids of the built-in repository roles in bypass lists (terraform-provider-github, repository_ruleset: maintain 2, write 4, admin 5). */
const ROLES: Readonly<Record<number, "maintain" | "push" | "admin">> = { 2: "maintain", 4: "push", 5: "admin" };

export function bypasses(list: readonly BypassActor[], actor: Actor, change: Change): boolean {
  return list.some(({ actor_type, actor_id, bypass_mode }) => {
    if (bypass_mode === "pull_request" && change.by.kind !== "merge") return false;
    switch (actor_type) {
      case "Team":
        return actor.teamIds.includes(actor_id ?? -1);
      case "User":
        return actor.id === actor_id;
      case "OrganizationAdmin":
        return actor.isOrgAdmin;
      case "RepositoryRole":
        return ROLES[actor_id ?? -1] !== undefined && atLeast(actor.level, ROLES[actor_id ?? -1]!);
      default:
        return false; // applications and deploy keys do not sign in here
    }
  });
}

/** Why a ruleset refuses a change, in GitHub's words; empty: it does not. Nobody is exempt but who is on its list. */
export function rulesetRefusals(ruleset: Ruleset, change: Change, actor: Actor): string[] {
  if (bypasses(ruleset.bypassActors, actor, change)) return [];
  return ruleset.rules.flatMap((rule) => ruleRefusals(rule, change));
}

function ruleRefusals({ type, parameters = {} }: Rule, change: Change): string[] {
  const { kind, forced, commits, by } = change;
  if (type === "creation") return kind === "create" ? ["Cannot create ref due to creations being restricted."] : [];
  if (type === "deletion") return kind === "delete" ? ["Cannot delete this protected ref."] : [];
  if (type === "update") return kind === "update" ? ["Cannot update this protected ref."] : [];
  if (type === "non_fast_forward") return forced ? ["Cannot force-push to this branch"] : [];
  if (kind === "delete") return [];
  const pattern = patternOf(type);
  if (pattern !== undefined)
    return pattern.texts(change).every((text) => fits(text, parameters)) ? [] : [`${pattern.words} does not match the pattern.`];
  if (type === "required_signatures") return commits.every(({ signed }) => signed) ? [] : ["Commits must have verified signatures."];
  if (kind === "create" && (type !== "required_status_checks" || parameters.do_not_enforce_on_create === true)) return [];
  switch (type) {
    case "required_linear_history":
      return mergeRefusals(change);
    case "required_deployments": {
      const wanted = parameters.required_deployment_environments as string[];
      const missing = wanted.filter((name) => !change.deployed.has(name));
      return missing.length === 0 ? [] : [`Required deployment to ${missing.join(", ")} is expected.`];
    }
    case "required_status_checks": {
      const contexts = (parameters.required_status_checks as { context: string }[]).map(({ context }) => context);
      const behind = parameters.strict_required_status_checks_policy === true ? behindRefusals(change) : [];
      return [...checkRefusals(contexts, change), ...behind];
    }
    case "pull_request": {
      if (by.kind === "push") return ["Changes must be made through a pull request."];
      const methods = (parameters.allowed_merge_methods as string[] | undefined) ?? ["merge", "squash", "rebase"];
      return [
        ...approvalRefusals(by.pull, {
          count: Number(parameters.required_approving_review_count ?? 0),
          owners: parameters.require_code_owner_review === true,
          lastPush: parameters.require_last_push_approval === true,
        }),
        ...(parameters.required_review_thread_resolution === true && by.pull.openThreads > 0
          ? ["A conversation must be resolved before this pull request can be merged."]
          : []),
        ...(methods.includes(by.method) ? [] : [`Merge method ${by.method} is not allowed on this branch.`]),
      ];
    }
    default:
      return [];
  }
}

function patternOf(type: string): { words: string; texts(change: Change): string[] } | undefined {
  const short = ({ ref }: Change): string => ref.replace(/^refs\/(heads|tags)\//, "");
  switch (type) {
    case "branch_name_pattern":
      return { words: "The branch's name", texts: (change) => (change.kind === "create" ? [short(change)] : []) };
    case "tag_name_pattern":
      return { words: "The tag's name", texts: (change) => (change.kind === "create" ? [short(change)] : []) };
    case "commit_message_pattern":
      return { words: "A commit message", texts: ({ commits }) => commits.map(({ message }) => message) };
    case "commit_author_email_pattern":
      return { words: "A commit author's email", texts: ({ commits }) => commits.map(({ authorEmail }) => authorEmail) };
    case "committer_email_pattern":
      return { words: "A committer's email", texts: ({ commits }) => commits.map(({ committerEmail }) => committerEmail) };
    default:
      return undefined;
  }
}

function fits(text: string, { operator, pattern, negate }: Record<string, unknown>): boolean {
  const wanted = String(pattern);
  const found =
    operator === "starts_with"
      ? text.startsWith(wanted)
      : operator === "ends_with"
        ? text.endsWith(wanted)
        : operator === "contains"
          ? text.includes(wanted)
          : new RegExp(wanted).test(text);
  return found !== (negate === true);
}
