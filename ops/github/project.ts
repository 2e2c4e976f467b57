import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { ApplicationSettings } from "../../components/application.schema.ts";
import type { Context } from "../context.ts";
import type { ApproverSource } from "../gates/input.ts";
import { readStackFile } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import type { ProjectSummary } from "../selector.ts";
import { type Api, openApi } from "./api.ts";
import { GithubApprovals } from "./approvals.ts";

/** Where a project lies in its repository: "" at the root, else `examples/ferry/`. */
export async function prefixOf({ dir }: Pick<ProjectSummary, "dir">): Promise<string> {
  const run = promisify(execFile)("git", ["-C", dir, "rev-parse", "--show-prefix"]);
  return run.then(({ stdout }) => stdout.trim()).catch(() => "");
}

/** Path of a stack's file as GitHub knows it. */
export async function fileInRepository(project: ProjectSummary): Promise<(stack: string) => string> {
  const prefix = await prefixOf(project);
  return (stack) => `${prefix}${path.basename(readStackFile(project.dir, stack).file)}`;
}

/** The project's GitHub; undefined when its settings name none or nothing opens it. */
export async function apiOf(context: Context, project: ProjectSummary, options: { start?: boolean } = {}): Promise<Api | undefined> {
  const { repository } = readApplication(project);
  if (repository === undefined) return undefined;
  const connection = await context.selector.github(project, options);
  return connection && openApi(connection, repository);
}

/** Reviews on GitHub as a source of approvals. Says so, once, where the settings ask for approvals and GitHub's are not seen. */
export async function approverSources(
  context: Context,
  project: ProjectSummary,
  { repository, promotion }: Pick<ApplicationSettings, "repository" | "promotion">,
): Promise<ApproverSource[]> {
  const asks = Object.values(promotion.gates).some(({ approvals = [] }) => approvals.length > 0);
  if (repository === undefined || !asks) return [];
  const connection = await context.selector.github(project);
  if (connection === undefined) {
    if (!context.options.local)
      context.io.err(
        context.io.colors.dim("Approvals on GitHub are not seen: there is no GITHUB_TOKEN (docs/how-to/promote-on-github.md)."),
      );
    return [];
  }
  const teams = Object.values(promotion.roles).flatMap((role) => role.teams);
  return [
    new GithubApprovals({
      api: openApi(connection, repository),
      project: project.name,
      fileOf: await fileInRepository(project),
      teams: [...new Set(teams)],
    }),
  ];
}
