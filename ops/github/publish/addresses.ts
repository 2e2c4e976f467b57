import { hostOf } from "../../notify/outbox.ts";
import type { ProjectSummary } from "../../selector.ts";
import type { Io } from "../../terminal/io.ts";

/** What GitHub links a deployment to. */
export interface Addresses {
  /** Where the environment is reached. */
  readonly environment: string | undefined;
  /** Where the run can be read. */
  readonly log: string | undefined;
}

export function addressOf(project: ProjectSummary, stack: string): string | undefined {
  const host = hostOf(project, stack);
  return host === undefined ? undefined : `https://${host}`;
}

/** The page of the workflow's run. */
export function logOf({ GITHUB_ACTIONS, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID }: Io["env"]): string | undefined {
  if (GITHUB_ACTIONS !== "true" || !GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID) return undefined;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}
