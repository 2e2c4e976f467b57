import { levelOf } from "../access.ts";
import { type Call, type Route, text, z } from "../http/call.ts";
import { nodeId } from "../node-id.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Environment, Repo, Reviewer } from "../state.ts";
import { simpleUser, teamSimple } from "../views/people.ts";
import { repoPage, repoUrl } from "../views/repository.ts";
import { needEnterprise, needEnvironments } from "./plan.ts";

const AT = "/repos/{owner}/{repo}/environments";
const POLICIES = `${AT}/{environment_name}/deployment-branch-policies`;

export const environments: Route[] = [
  ["GET", AT, list],
  ["GET", `${AT}/{environment_name}`, (call) => ({ body: view(call, ...found(call, "pull")) })],
  ["PUT", `${AT}/{environment_name}`, put],
  ["DELETE", `${AT}/{environment_name}`, remove],
  [
    "GET",
    POLICIES,
    (call) => ({
      page: policiesOf(call, "pull")[1].policies.map(policyView),
      wrap: (branch_policies, total_count) => ({ total_count, branch_policies }),
    }),
  ],
  ["POST", POLICIES, addPolicy],
  ["GET", `${POLICIES}/{branch_policy_id}`, (call) => ({ body: policyView(policyOf(call, "pull")[2]) })],
  ["PUT", `${POLICIES}/{branch_policy_id}`, changePolicy],
  ["DELETE", `${POLICIES}/{branch_policy_id}`, removePolicy],
];

/** The environment of the path; without its policies it is anybody's to read who may read the repository. */
export function found(
  call: Call,
  level: "pull" | "push" | "admin",
  permission = "environments",
  write = level === "admin",
): [Repo, Environment] {
  const repo = call.repo(level, level === "pull" ? "actions" : permission, write);
  needEnvironments(call, repo);
  const environment = repo.environments[call.param("environment_name").toLowerCase()];
  if (environment === undefined) throw notFound();
  return [repo, environment];
}

function list(call: Call) {
  const repo = call.repo("pull", "actions");
  needEnvironments(call, repo);
  const all = Object.values(repo.environments).map((environment) => view(call, repo, environment));
  return { page: all, wrap: (items: unknown[], total_count: number) => ({ total_count, environments: items }) };
}

function view(call: Call, repo: Repo, environment: Environment): object {
  const { name, waitTimer, reviewers, branchPolicy, ruleIds } = environment;
  const url = `${repoUrl(call.root, repo)}/environments/${encodeURIComponent(name)}`;
  const rule = (id: number, type: string, more: object) => ({ id, node_id: nodeId("EN", id), type, ...more });
  return {
    id: environment.id,
    node_id: nodeId("EN", environment.id),
    name,
    url,
    html_url: `${repoPage(call.root, repo)}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    can_admins_bypass: environment.canAdminsBypass,
    protection_rules: [
      ...(waitTimer > 0 ? [rule(ruleIds.timer, "wait_timer", { wait_timer: waitTimer })] : []),
      ...(reviewers.length > 0
        ? [
            rule(ruleIds.reviewers, "required_reviewers", {
              prevent_self_review: environment.preventSelfReview,
              reviewers: reviewers.flatMap((reviewer) => reviewerView(call, reviewer)),
            }),
          ]
        : []),
      ...(branchPolicy === null ? [] : [rule(ruleIds.branches, "branch_policy", {})]),
    ],
    deployment_branch_policy: branchPolicy,
  };
}

function reviewerView(call: Call, { type, id }: Reviewer): object[] {
  if (type === "User") {
    const account = call.hub.accountById(id);
    return account === undefined ? [] : [{ type, reviewer: simpleUser(call.root, account) }];
  }
  const team = call.hub.teamById(id);
  return team === undefined ? [] : [{ type, reviewer: teamSimple(call.root, team.org, team.team) }];
}

const environmentBody = z.object({
  // 43,200 minutes are 30 days.
  wait_timer: z.number().int().min(0).max(43_200).nullish(),
  prevent_self_review: z.boolean().nullish(),
  can_admins_bypass: z.boolean().nullish(),
  reviewers: z
    .array(z.object({ type: z.enum(["User", "Team"]), id: z.number().int() }))
    .max(6)
    .nullish(),
  deployment_branch_policy: z.object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() }).nullish(),
});

async function put(call: Call) {
  const repo = call.repo("admin", "administration");
  const { hub } = call;
  needEnvironments(call, repo);
  const body = call.body(environmentBody);
  const reviewers = body.reviewers ?? [];
  if (reviewers.length > 0) needEnterprise(call, repo, "required reviewers");
  if ((body.wait_timer ?? 0) > 0) needEnterprise(call, repo, "wait timer");
  if (body.prevent_self_review === true) needEnterprise(call, repo, "required reviewers");
  if (body.can_admins_bypass === false) needEnterprise(call, repo, "admin bypass");
  const policy = body.deployment_branch_policy ?? null;
  if (policy !== null && policy.protected_branches === policy.custom_branch_policies)
    throw new Refusal(422, "Validation Failed", ["protected_branches and custom_branch_policies cannot have the same value"]);
  for (const reviewer of reviewers) {
    const login = reviewer.type === "User" ? hub.accountById(reviewer.id)?.login : undefined;
    const team = reviewer.type === "Team" ? hub.teamById(reviewer.id) : undefined;
    const mayRead = login !== undefined ? levelOf(hub, repo, login) !== undefined : team !== undefined && team.org.login === repo.owner;
    if (!mayRead) throw new Refusal(422, "Validation Failed", [`Reviewer ${reviewer.type} ${reviewer.id} is not valid`]);
  }
  const key = call.param("environment_name").toLowerCase();
  const existing = repo.environments[key];
  const at = hub.time();
  const environment: Environment = existing ?? {
    id: hub.id(),
    name: call.param("environment_name"),
    createdAt: at,
    updatedAt: at,
    waitTimer: 0,
    preventSelfReview: false,
    canAdminsBypass: true,
    reviewers: [],
    branchPolicy: null,
    policies: [],
    ruleIds: { timer: hub.id(), reviewers: hub.id(), branches: hub.id() },
    secrets: {},
    variables: {},
  };
  Object.assign(environment, {
    updatedAt: at,
    waitTimer: body.wait_timer ?? 0,
    preventSelfReview: body.prevent_self_review ?? false,
    canAdminsBypass: body.can_admins_bypass ?? true,
    reviewers,
    branchPolicy: policy,
  });
  if (!policy?.custom_branch_policies) environment.policies = [];
  repo.environments[key] = environment;
  hub.audit(repo, repo.owner, call.login(), existing === undefined ? "environment.create" : "environment.update_protection_rule", {
    environment_name: environment.name,
  });
  await hub.save();
  return { body: view(call, repo, environment) };
}

async function remove(call: Call) {
  const [repo, environment] = found(call, "admin", "administration");
  delete repo.environments[environment.name.toLowerCase()];
  call.hub.audit(repo, repo.owner, call.login(), "environment.delete", { environment_name: environment.name });
  await call.hub.save();
  return { status: 204 };
}

type Policy = Environment["policies"][number];
const policyView = ({ id, name, type }: Policy): object => ({ id, node_id: nodeId("EN", id), name, type });

/** Policies are there only where the environment takes custom ones. */
function policiesOf(call: Call, level: "pull" | "admin"): [Repo, Environment] {
  const [repo, environment] = found(call, level, "administration");
  if (!environment.branchPolicy?.custom_branch_policies) throw notFound();
  return [repo, environment];
}
function policyOf(call: Call, level: "pull" | "admin"): [Repo, Environment, Policy] {
  const [repo, environment] = policiesOf(call, level);
  const policy = environment.policies.find(({ id }) => id === call.number("branch_policy_id"));
  if (policy === undefined) throw notFound();
  return [repo, environment, policy];
}

async function addPolicy(call: Call) {
  const [repo, environment] = policiesOf(call, "admin");
  const body = call.body(z.object({ name: text.min(1), type: z.enum(["branch", "tag"]).default("branch") }));
  const same = environment.policies.find(({ name, type }) => name === body.name && type === body.type);
  if (same !== undefined)
    return {
      status: 303,
      headers: {
        location: `${repoUrl(call.root, repo)}/environments/${encodeURIComponent(environment.name)}/deployment-branch-policies/${same.id}`,
      },
    };
  const policy = { id: call.hub.id(), ...body };
  environment.policies.push(policy);
  call.hub.audit(repo, repo.owner, call.login(), "environment.update_protection_rule", {
    environment_name: environment.name,
    policy: body.name,
  });
  await call.hub.save();
  return { body: policyView(policy) };
}

async function changePolicy(call: Call) {
  const [, , policy] = policyOf(call, "admin");
  policy.name = call.body(z.object({ name: text.min(1) })).name;
  await call.hub.save();
  return { body: policyView(policy) };
}

async function removePolicy(call: Call) {
  const [repo, environment, policy] = policyOf(call, "admin");
  environment.policies.splice(environment.policies.indexOf(policy), 1);
  call.hub.audit(repo, repo.owner, call.login(), "environment.update_protection_rule", {
    environment_name: environment.name,
    policy: policy.name,
  });
  await call.hub.save();
  return { status: 204 };
}
