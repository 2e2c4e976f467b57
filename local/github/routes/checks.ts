import { type Call, optional, type Route, text, z } from "../http/call.ts";
import { passedChecks } from "../protection/assess.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { CheckRun, CommitStatus, Deployment, Repo } from "../state.ts";
import { checkRunView, deploymentStatusView, deploymentView, statusView } from "../views/checks.ts";
import { minimalRepository, repoUrl } from "../views/repository.ts";
import { commitAt } from "./git.ts";

const AT = "/repos/{owner}/{repo}";

export const checks: Route[] = [
  ["POST", `${AT}/statuses/{sha}`, addStatus],
  ["POST", `${AT}/check-runs`, addRun],
  ["GET", `${AT}/check-runs/{check_run_id}`, (call) => ({ body: checkRunView(call.root, ...runOf(call, false)) })],
  ["PATCH", `${AT}/check-runs/{check_run_id}`, changeRun],
  ["GET", `${AT}/deployments`, listDeployments],
  ["POST", `${AT}/deployments`, addDeployment],
  [
    "GET",
    `${AT}/deployments/{deployment_id}`,
    (call) => withDeployment(call, false, (repo, deployment) => ({ body: deploymentView(call.hub, call.root, repo, deployment) })),
  ],
  ["DELETE", `${AT}/deployments/{deployment_id}`, removeDeployment],
  [
    "GET",
    `${AT}/deployments/{deployment_id}/statuses`,
    (call) =>
      withDeployment(call, false, (repo, deployment) => ({
        page: [...deployment.statuses].reverse().map((status) => deploymentStatusView(call.hub, call.root, repo, deployment, status)),
      })),
  ],
  ["POST", `${AT}/deployments/{deployment_id}/statuses`, addDeploymentStatus],
];

async function addStatus(call: Call) {
  const repo = call.repo("push", "statuses");
  const sha = await call.hub.git(repo).resolve(call.param("sha"));
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.param("sha")}`);
  const body = call.body(
    z.object({
      state: z.enum(["error", "failure", "pending", "success"]),
      context: text.default("default"),
      description: optional.text,
      target_url: optional.text,
    }),
  );
  if ((body.description ?? "").length > 140)
    throw new Refusal(422, "Validation Failed", [
      { resource: "Status", field: "description", code: "custom", message: "description is too long (maximum is 140 characters)" },
    ]);
  const status: CommitStatus = {
    id: call.hub.id(),
    sha,
    state: body.state,
    context: body.context,
    description: body.description ?? null,
    targetUrl: body.target_url ?? null,
    creator: call.login(),
    createdAt: call.hub.time(),
  };
  repo.statuses.push(status);
  await call.hub.save();
  return { status: 201, body: statusView(call.hub, call.root, repo, status) };
}

export function combined(call: Call, repo: Repo, sha: string) {
  const latest = new Map(repo.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]));
  const all = [...latest.values()];
  const state = all.length === 0 || all.some((s) => s.state === "pending") ? "pending" : "success";
  const failed = all.some((s) => s.state === "error" || s.state === "failure");
  const url = `${repoUrl(call.root, repo)}/commits/${sha}`;
  return {
    page: all.map((status) => {
      const { creator: _, ...simple } = statusView(call.hub, call.root, repo, status);
      return simple;
    }),
    wrap: (statuses: unknown[], total_count: number) => ({
      state: failed ? "failure" : state,
      statuses,
      sha,
      total_count,
      repository: minimalRepository(call.hub, call.root, repo),
      commit_url: url,
      url: `${url}/status`,
    }),
  };
}

const runBody = z.object({
  name: text,
  head_sha: text,
  status: z.enum(["queued", "in_progress", "completed", "waiting", "requested", "pending"]).optional(),
  conclusion: z.enum(["action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"]).optional(),
  details_url: optional.text,
  external_id: optional.text,
  started_at: text.optional(),
  completed_at: text.optional(),
  output: z.object({ title: text, summary: text, text: optional.text }).optional(),
});

function apply(call: Call, run: CheckRun, body: Partial<z.infer<typeof runBody>>): void {
  if (body.name !== undefined) run.name = body.name;
  if (body.details_url) run.detailsUrl = body.details_url;
  if (body.external_id) run.externalId = body.external_id;
  if (body.output !== undefined) run.output = { ...body.output, text: body.output.text ?? null };
  if (body.status !== undefined) run.status = body.status;
  if (body.conclusion !== undefined) Object.assign(run, { status: "completed", conclusion: body.conclusion });
  run.completedAt = run.status === "completed" ? (body.completed_at ?? run.completedAt ?? call.hub.time()) : null;
  if (run.status === "completed" && run.conclusion === null) throw new Refusal(422, `Invalid request.\n\n"conclusion" wasn't supplied.`);
}

async function addRun(call: Call) {
  const repo = call.repo("push", "checks");
  const body = call.body(runBody);
  const sha = await call.hub.git(repo).resolve(body.head_sha);
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${body.head_sha}`);
  const run: CheckRun = {
    id: call.hub.id(),
    sha,
    name: body.name,
    status: "queued",
    conclusion: null,
    startedAt: body.started_at ?? call.hub.time(),
    completedAt: null,
    detailsUrl: null,
    externalId: "",
    output: { title: null, summary: null, text: null },
  };
  apply(call, run, body);
  repo.checkRuns.push(run);
  await call.hub.save();
  return { status: 201, body: checkRunView(call.root, repo, run) };
}

function runOf(call: Call, write: boolean): [Repo, CheckRun] {
  const repo = call.repo(write ? "push" : "pull", "checks", write);
  const run = repo.checkRuns.find(({ id }) => id === call.number("check_run_id"));
  if (run === undefined) throw notFound();
  return [repo, run];
}

async function changeRun(call: Call) {
  const [repo, run] = runOf(call, true);
  apply(call, run, call.body(runBody.partial()));
  await call.hub.save();
  return { body: checkRunView(call.root, repo, run) };
}

export function listRuns(call: Call, repo: Repo, sha: string) {
  const name = call.query.get("check_name");
  const ofCommit = repo.checkRuns.filter((run) => run.sha === sha && (name === null || run.name === name));
  // `filter=latest` is the default: the newest run of each name.
  const latest = call.query.get("filter") === "all" ? ofCommit : [...new Map(ofCommit.map((run) => [run.name, run])).values()];
  return {
    page: latest.reverse().map((run) => checkRunView(call.root, repo, run)),
    wrap: (check_runs: unknown[], total_count: number) => ({ total_count, check_runs }),
  };
}

function listDeployments(call: Call) {
  const repo = call.repo("pull", "deployments");
  const asked = (["sha", "ref", "task", "environment"] as const).map((key) => [key, call.query.get(key)] as const);
  const found = repo.deployments.filter((deployment) => asked.every(([key, value]) => value === null || deployment[key] === value));
  return { page: found.reverse().map((deployment) => deploymentView(call.hub, call.root, repo, deployment)) };
}

const deploymentBody = z.object({
  ref: text,
  task: text.default("deploy"),
  auto_merge: z.boolean().default(true),
  required_contexts: optional.texts,
  payload: z.union([text, z.record(text, z.unknown())]).default({}),
  environment: text.default("production"),
  description: optional.text,
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});

async function addDeployment(call: Call) {
  const repo = call.repo("push", "deployments");
  const body = call.body(deploymentBody);
  const sha = await commitAt(call.hub.git(repo), body.ref, 422).catch(() => {
    throw new Refusal(422, "Validation Failed", [
      { resource: "Deployment", code: "custom", field: "ref", message: `No ref found for: ${body.ref}` },
    ]);
  });
  const contexts = repo.statuses.filter((status) => status.sha === sha).map(({ context }) => context);
  const passed = passedChecks(repo, sha);
  const missing = (body.required_contexts ?? contexts).filter((context) => !passed.has(context));
  if (missing.length > 0)
    throw new Refusal(409, `Conflict: Commit status checks failed for ${body.ref}.`, [
      { resource: "Deployment", field: "required_contexts", code: "invalid", message: missing.join(", ") },
    ]);
  const at = call.hub.time();
  const deployment: Deployment = {
    id: call.hub.id(),
    sha,
    ref: body.ref,
    task: body.task,
    environment: body.environment,
    description: body.description ?? null,
    payload: body.payload,
    creator: call.login(),
    createdAt: at,
    updatedAt: at,
    transient: body.transient_environment,
    production: body.production_environment ?? body.environment === "production",
    statuses: [],
  };
  repo.deployments.push(deployment);
  await call.hub.save();
  return { status: 201, body: deploymentView(call.hub, call.root, repo, deployment) };
}

function withDeployment<T>(call: Call, write: boolean, action: (repo: Repo, deployment: Deployment) => T): T {
  const repo = call.repo(write ? "push" : "pull", "deployments", write);
  const found = repo.deployments.find(({ id }) => id === call.number("deployment_id"));
  if (found === undefined) throw notFound();
  return action(repo, found);
}

function removeDeployment(call: Call) {
  return withDeployment(call, true, async (repo, deployment) => {
    const state = deployment.statuses.at(-1)?.state;
    if (repo.deployments.length > 1 && state !== "inactive" && state !== undefined)
      throw new Refusal(422, "We cannot delete an active deployment unless it is the only deployment in a given environment.");
    repo.deployments.splice(repo.deployments.indexOf(deployment), 1);
    await call.hub.save();
    return { status: 204 };
  });
}

function addDeploymentStatus(call: Call) {
  return withDeployment(call, true, async (repo, deployment) => {
    const body = call.body(
      z.object({
        state: z.enum(["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]),
        description: text.max(140).default(""),
        log_url: text.optional(),
        target_url: text.optional(),
        environment: text.optional(),
        environment_url: text.default(""),
        auto_inactive: z.boolean().default(true),
      }),
    );
    const at = call.hub.time();
    const base = {
      id: call.hub.id(),
      environmentUrl: body.environment_url,
      logUrl: body.log_url ?? body.target_url ?? "",
      creator: call.login(),
      createdAt: at,
    };
    const status = { ...base, state: body.state, description: body.description, environment: body.environment ?? deployment.environment };
    deployment.statuses.push(status);
    deployment.updatedAt = at;
    // A success makes the environment's earlier ones inactive (docs: "Inactive deployments").
    if (body.state === "success" && body.auto_inactive && !deployment.transient)
      for (const other of repo.deployments)
        if (
          other !== deployment &&
          other.environment === deployment.environment &&
          other.statuses.at(-1)?.state === "success" &&
          !other.transient
        )
          other.statuses.push({ ...status, id: call.hub.id(), state: "inactive", description: "" });
    await call.hub.save();
    return { status: 201, body: deploymentStatusView(call.hub, call.root, repo, deployment, status) };
  });
}
