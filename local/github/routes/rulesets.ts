import { actorOf, levelOf } from "../access.ts";
import { type Call, type Route, text, z } from "../http/call.ts";
import { nodeId } from "../node-id.ts";
import { rulesetsOf } from "../protection/match.ts";
import { bypasses } from "../protection/ruleset.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repo, Rule, Ruleset } from "../state.ts";
import { repoPage, repoUrl } from "../views/repository.ts";
import { needPaidPlan } from "./plan.ts";

export const rulesets: Route[] = [
  ["GET", "/repos/{owner}/{repo}/rulesets", list],
  ["POST", "/repos/{owner}/{repo}/rulesets", create],
  [
    "GET",
    "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
    (call) => withRuleset(call, "pull", (repo, found) => ({ body: view(call, repo, found, true) })),
  ],
  ["PUT", "/repos/{owner}/{repo}/rulesets/{ruleset_id}", update],
  ["DELETE", "/repos/{owner}/{repo}/rulesets/{ruleset_id}", remove],
  ["GET", "/repos/{owner}/{repo}/rulesets/{ruleset_id}/history", history],
  ["GET", "/repos/{owner}/{repo}/rules/branches/{branch}", activeRules],
];

const parameters: Readonly<Record<string, z.ZodType<Record<string, unknown>>>> = {
  update: z.object({ update_allows_fetch_and_merge: z.boolean() }),
  required_deployments: z.object({ required_deployment_environments: z.array(text) }),
  pull_request: z.object({
    allowed_merge_methods: z.array(z.enum(["merge", "squash", "rebase"])).optional(),
    dismiss_stale_reviews_on_push: z.boolean(),
    require_code_owner_review: z.boolean(),
    require_last_push_approval: z.boolean(),
    required_approving_review_count: z.number().int().min(0).max(10),
    required_review_thread_resolution: z.boolean(),
    required_reviewers: z
      .array(
        z.object({
          file_patterns: z.array(text),
          minimum_approvals: z.number().int(),
          reviewer: z.object({ id: z.number().int(), type: z.enum(["Team"]) }),
        }),
      )
      .optional(),
  }),
  required_status_checks: z.object({
    do_not_enforce_on_create: z.boolean().optional(),
    required_status_checks: z.array(z.object({ context: text, integration_id: z.number().int().optional() })),
    strict_required_status_checks_policy: z.boolean(),
  }),
};
const PLAIN = ["creation", "deletion", "required_linear_history", "required_signatures", "non_fast_forward"];
const PATTERNS = [
  "commit_message_pattern",
  "commit_author_email_pattern",
  "committer_email_pattern",
  "branch_name_pattern",
  "tag_name_pattern",
];
const OTHER = ["merge_queue", "workflows", "code_scanning", "copilot_code_review"];
const PUSH = ["file_path_restriction", "max_file_path_length", "file_extension_restriction", "max_file_size"];
const patternParameters = z.object({
  name: text.optional(),
  negate: z.boolean().optional(),
  operator: z.enum(["starts_with", "ends_with", "contains", "regex"]),
  pattern: text,
});

const ruleBody = z.object({ type: text, parameters: z.record(text, z.unknown()).optional() }).transform((rule, context): Rule => {
  const { type } = rule;
  if (PLAIN.includes(type)) return { type };
  const shape = PATTERNS.includes(type) ? patternParameters : parameters[type];
  if (shape === undefined && ![...OTHER, ...PUSH].includes(type)) {
    context.addIssue({ code: "custom", message: `"${type}" is not a valid rule type` });
    return rule;
  }
  if (type === "update" && rule.parameters === undefined) return { type };
  const parsed = (shape ?? z.record(text, z.unknown())).safeParse(rule.parameters ?? {});
  if (!parsed.success)
    context.addIssue({
      code: "custom",
      message: `the parameters of rule "${type}" are not valid: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`,
    });
  return { type, parameters: parsed.success ? parsed.data : {} };
});

const rulesetBody = z.object({
  name: text.min(1).max(100),
  target: z.enum(["branch", "tag", "push"]).default("branch"),
  enforcement: z.enum(["disabled", "active", "evaluate"]),
  bypass_actors: z
    .array(
      z.object({
        actor_id: z.number().int().nullish(),
        actor_type: z.enum(["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey", "User"]),
        bypass_mode: z.enum(["always", "pull_request", "exempt"]).default("always"),
      }),
    )
    .default([]),
  conditions: z
    .object({ ref_name: z.object({ include: z.array(text).default([]), exclude: z.array(text).default([]) }).optional() })
    .default({}),
  rules: z.array(ruleBody).default([]),
});

function settled(call: Call, repo: Repo, existing?: Ruleset) {
  needPaidPlan(call, repo);
  const body = call.body(rulesetBody);
  if (body.enforcement === "evaluate" && call.hub.planOf(repo) !== "enterprise")
    throw new Refusal(422, "Validation Failed", ["Enforcement evaluate option is not supported on this plan."]);
  if (repo.rulesets.some((other) => other.name === body.name && other !== existing))
    throw new Refusal(422, "Validation Failed", ["Name must be unique"]);
  if (existing === undefined && repo.rulesets.length >= 75)
    throw new Refusal(422, "Validation Failed", ["Repository has reached the maximum number of rulesets: 75"]);
  const misplaced = body.rules.find(({ type }) => PUSH.includes(type) !== (body.target === "push"));
  if (misplaced !== undefined) throw new Refusal(422, "Validation Failed", [`Invalid rule '${misplaced.type}': `]);
  for (const { actor_type, actor_id } of body.bypass_actors) {
    if (actor_type === "Team" && call.hub.teamById(actor_id ?? -1)?.org.login !== repo.owner)
      throw new Refusal(422, "Validation Failed", ["Actor Team must be part of the ruleset source or owner organization"]);
    if (actor_type === "User" && call.hub.accountById(actor_id ?? -1) === undefined)
      throw new Refusal(422, "Validation Failed", ["Actor User is not valid"]);
  }
  const { bypass_actors, conditions, ...rest } = body;
  return {
    ...rest,
    conditions: body.target === "push" ? {} : conditions,
    bypassActors: bypass_actors.map((actor) => ({
      ...actor,
      actor_id: actor.actor_type === "OrganizationAdmin" ? 1 : (actor.actor_id ?? null),
    })),
  };
}

function withRuleset<T>(call: Call, level: "pull" | "admin", action: (repo: Repo, ruleset: Ruleset) => T): T {
  const repo = call.repo(level, level === "admin" ? "administration" : "metadata");
  needPaidPlan(call, repo);
  const found = repo.rulesets.find(({ id }) => id === call.number("ruleset_id"));
  if (found === undefined) throw notFound();
  return action(repo, found);
}

/** Who may not change the ruleset is not told who may bypass it. */
function view(call: Call, repo: Repo, ruleset: Ruleset, whole: boolean): object {
  const { id, name, target, enforcement } = ruleset;
  const mayWrite = levelOf(call.hub, repo, call.viewer.login) === "admin" && call.viewer.token?.permissions?.administration !== "read";
  const current = call.viewer.login === undefined ? "never" : bypassOf(call, repo, ruleset);
  return {
    id,
    name,
    target,
    source_type: "Repository",
    source: `${repo.owner}/${repo.name}`,
    enforcement,
    node_id: nodeId("RRS", id),
    _links: { self: { href: `${repoUrl(call.root, repo)}/rulesets/${id}` }, html: { href: `${repoPage(call.root, repo)}/rules/${id}` } },
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
    ...(whole
      ? {
          conditions: ruleset.conditions,
          rules: ruleset.rules,
          ...(mayWrite ? { bypass_actors: ruleset.bypassActors, current_user_can_bypass: current } : {}),
        }
      : {}),
  };
}

function bypassOf(call: Call, repo: Repo, { bypassActors }: Ruleset): string {
  const actor = actorOf(call.hub, repo, call.login());
  const probe = {
    ref: "",
    kind: "update",
    forced: false,
    commits: [],
    passed: new Set<string>(),
    deployed: new Set<string>(),
    by: { kind: "push" },
  } as const;
  if (bypasses(bypassActors, actor, probe)) return "always";
  return bypasses(
    bypassActors.map((entry) => ({ ...entry, bypass_mode: "always" })),
    actor,
    probe,
  )
    ? "pull_requests_only"
    : "never";
}

function list(call: Call) {
  const repo = call.repo("pull", "metadata");
  needPaidPlan(call, repo);
  return { page: repo.rulesets.map((ruleset) => view(call, repo, ruleset, false)) };
}

async function create(call: Call) {
  const repo = call.repo("admin", "administration");
  const at = call.hub.time();
  const ruleset: Ruleset = { id: call.hub.id(), ...settled(call, repo), createdAt: at, updatedAt: at, history: [] };
  repo.rulesets.push(ruleset);
  await noted(call, repo, ruleset, "create");
  return { status: 201, body: view(call, repo, ruleset, true) };
}

function update(call: Call) {
  return withRuleset(call, "admin", async (repo, ruleset) => {
    Object.assign(ruleset, settled(call, repo, ruleset), { updatedAt: call.hub.time() });
    await noted(call, repo, ruleset, "update");
    return { body: view(call, repo, ruleset, true) };
  });
}

function remove(call: Call) {
  return withRuleset(call, "admin", async (repo, ruleset) => {
    repo.rulesets.splice(repo.rulesets.indexOf(ruleset), 1);
    await noted(call, repo, ruleset, "destroy");
    return { status: 204 };
  });
}

async function noted(call: Call, repo: Repo, ruleset: Ruleset, verb: string): Promise<void> {
  ruleset.history.unshift({ versionId: call.hub.id(), actor: call.login(), at: call.hub.time() });
  call.hub.audit(repo, repo.owner, call.login(), `repository_ruleset.${verb}`, {
    ruleset_id: String(ruleset.id),
    ruleset_name: ruleset.name,
  });
  await call.hub.save();
}

function history(call: Call) {
  return withRuleset(call, "admin", (_, ruleset) => ({
    page: ruleset.history.map(({ versionId, actor, at }) => ({
      version_id: versionId,
      actor: { id: call.hub.account(actor).id, type: "User" },
      updated_at: at,
    })),
  }));
}

function activeRules(call: Call) {
  const repo = call.repo("pull", "metadata");
  needPaidPlan(call, repo);
  const found = rulesetsOf(repo.rulesets, `refs/heads/${call.param("branch")}`, repo.settings.default_branch);
  return {
    page: found.flatMap((ruleset) =>
      ruleset.rules.map((rule) => ({
        ...rule,
        ruleset_source_type: "Repository",
        ruleset_source: `${repo.owner}/${repo.name}`,
        ruleset_id: ruleset.id,
      })),
    ),
  };
}
