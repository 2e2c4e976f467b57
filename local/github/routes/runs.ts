import { isInTeam } from "../access.ts";
import { type Call, type Route, text, z } from "../http/call.ts";
import { nodeId } from "../node-id.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Deployment, Environment, Repo, Reviewer, WorkflowRun } from "../state.ts";
import { deploymentView } from "../views/checks.ts";
import { simpleUser, teamView, userNamed } from "../views/people.ts";
import { minimalRepository, repoPage, repoUrl } from "../views/repository.ts";

/** Runs of workflows, as far as deployments wait in them for somebody to review. */
const AT = "/repos/{owner}/{repo}/actions/runs/{run_id}";

export const runs: Route[] = [
  ["GET", AT, (call) => ({ body: runView(call, ...runOf(call, "pull")) })],
  ["GET", `${AT}/approvals`, approvals],
  ["GET", `${AT}/pending_deployments`, pending],
  ["POST", `${AT}/pending_deployments`, review],
];

function runOf(call: Call, level: "pull" | "push"): [Repo, WorkflowRun] {
  const repo = call.repo("pull", level === "pull" ? "actions" : "deployments", level === "push");
  const run = repo.runs?.find(({ id }) => id === call.number("run_id"));
  if (run === undefined) throw notFound();
  return [repo, run];
}

function runView(call: Call, repo: Repo, run: WorkflowRun): object {
  const url = `${repoUrl(call.root, repo)}/actions/runs/${run.id}`;
  const repository = minimalRepository(call.hub, call.root, repo);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WFR", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.name,
    run_number: 1,
    run_attempt: 1,
    event: run.event,
    status: run.waiting.length > 0 ? "waiting" : "in_progress",
    conclusion: null,
    workflow_id: run.id,
    url,
    html_url: `${repoPage(call.root, repo)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.startedAt,
    updated_at: run.startedAt,
    run_started_at: run.startedAt,
    actor: simpleUser(call.root, call.hub.account(run.actor)),
    triggering_actor: simpleUser(call.root, call.hub.account(run.triggeringActor)),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repoUrl(call.root, repo)}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${repoUrl(call.root, repo)}/actions/workflows/${run.id}`,
    head_commit: null,
    repository,
    head_repository: repository,
  };
}

function environmentView(call: Call, repo: Repo, { id, name, createdAt, updatedAt }: Environment): object {
  const at = encodeURIComponent(name);
  return {
    id,
    node_id: nodeId("EN", id),
    name,
    url: `${repoUrl(call.root, repo)}/environments/${at}`,
    html_url: `${repoPage(call.root, repo)}/deployments/activity_log?environments_filter=${at}`,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

const environmentOf = (repo: Repo, name: string): Environment[] => {
  const found = repo.environments[name.toLowerCase()];
  return found === undefined ? [] : [found];
};

function approvals(call: Call) {
  const [repo, run] = runOf(call, "pull");
  return {
    body: run.reviews.map(({ environments, state, by, comment }) => ({
      environments: environments.flatMap((name) => environmentOf(repo, name)).map((one) => environmentView(call, repo, one)),
      state,
      user: userNamed(call.hub, call.root, by),
      comment,
    })),
  };
}

function pending(call: Call) {
  const [repo, run] = runOf(call, "pull");
  const waiting = run.waiting.flatMap((name) => environmentOf(repo, name));
  return {
    body: waiting.map((environment) => {
      const { created_at: _, updated_at: __, ...view } = environmentView(call, repo, environment) as Record<string, unknown>;
      return {
        environment: view,
        wait_timer: environment.waitTimer,
        wait_timer_started_at: environment.waitTimer > 0 ? run.startedAt : null,
        current_user_can_approve: call.viewer.login !== undefined && mayReview(call, repo, environment, run, call.login()),
        reviewers: environment.reviewers.flatMap((reviewer) => reviewerView(call, reviewer)),
      };
    }),
  };
}

/** Here a team is told with its parent, unlike in the environment itself. */
function reviewerView(call: Call, { type, id }: Reviewer): object[] {
  const user = type === "User" ? call.hub.accountById(id) : undefined;
  const team = type === "Team" ? call.hub.teamById(id) : undefined;
  if (user !== undefined) return [{ type, reviewer: simpleUser(call.root, user) }];
  return team === undefined ? [] : [{ type, reviewer: teamView(call.root, team.org, team.team) }];
}

/** One of the environment's reviewers; not who started the run, where it forbids that (docs: "Reviewing deployments"). */
function mayReview(call: Call, repo: Repo, environment: Environment, run: WorkflowRun, login: string): boolean {
  if (environment.preventSelfReview && run.triggeringActor.toLowerCase() === login.toLowerCase()) return false;
  const org = call.hub.account(repo.owner);
  return environment.reviewers.some(({ type, id }) => {
    if (type === "User") return call.hub.accountById(id)?.login.toLowerCase() === login.toLowerCase();
    const team = call.hub.teamById(id);
    return team !== undefined && isInTeam(org, team.team, login);
  });
}

async function review(call: Call) {
  const [repo, run] = runOf(call, "push");
  const body = call.body(z.object({ environment_ids: z.array(z.number().int()), state: z.enum(["approved", "rejected"]), comment: text }));
  const by = call.login();
  const chosen = run.waiting.flatMap((name) => environmentOf(repo, name)).filter(({ id }) => body.environment_ids.includes(id));
  if (chosen.length !== body.environment_ids.length)
    throw new Refusal(422, "Validation Failed", ["No pending deployment requests to approve or reject"]);
  if (!chosen.every((environment) => mayReview(call, repo, environment, run, by)))
    throw new Refusal(422, "Validation Failed", ["You are not allowed to approve or reject this deployment"]);
  const names = chosen.map(({ name }) => name);
  run.reviews.push({ environments: names, state: body.state, by, comment: body.comment });
  run.waiting = run.waiting.filter((name) => !names.some((one) => one.toLowerCase() === name.toLowerCase()));
  const at = call.hub.time();
  const made = names.map((environment): Deployment => {
    const about = { sha: run.headSha, ref: run.headBranch, task: "deploy", description: null, payload: {}, transient: false };
    return {
      ...about,
      id: call.hub.id(),
      environment,
      creator: run.triggeringActor,
      createdAt: at,
      updatedAt: at,
      production: false,
      statuses: [],
    };
  });
  repo.deployments.push(...made);
  await call.hub.save();
  return { body: made.map((deployment) => deploymentView(call.hub, call.root, repo, deployment)) };
}
