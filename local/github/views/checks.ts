import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { CheckRun, CommitStatus, Deployment, DeploymentStatus, Repo } from "../state.ts";
import { userNamed } from "./people.ts";
import { repoPage, repoUrl } from "./repository.ts";

export function statusView(hub: Hub, root: string, repo: Repo, status: CommitStatus): Record<string, unknown> {
  const creator = userNamed(hub, root, status.creator);
  return {
    url: `${repoUrl(root, repo)}/statuses/${status.sha}`,
    avatar_url: String(creator?.avatar_url ?? `${root}/avatars/0`),
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator,
  };
}

export function checkRunView(root: string, repo: Repo, run: CheckRun): object {
  const url = `${repoUrl(root, repo)}/check-runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CR", run.id),
    head_sha: run.sha,
    external_id: run.externalId,
    url,
    html_url: `${repoPage(root, repo)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: run.id },
    app: null,
    pull_requests: [],
  };
}

export function deploymentView(hub: Hub, root: string, repo: Repo, deployment: Deployment): Record<string, unknown> {
  const url = `${repoUrl(root, repo)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId("DE", deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: userNamed(hub, root, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: repoUrl(root, repo),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
}

export function deploymentStatusView(hub: Hub, root: string, repo: Repo, deployment: Deployment, status: DeploymentStatus): object {
  const url = `${repoUrl(root, repo)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId("DES", status.id),
    state: status.state,
    creator: userNamed(hub, root, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: repoUrl(root, repo),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
  };
}
