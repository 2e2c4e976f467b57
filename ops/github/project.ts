import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { ApplicationSettings } from "../../components/application.schema.ts";
import { approvalsRefused } from "../../components/github/limits.ts";
import type { Context } from "../context.ts";
import type { ApproverSource } from "../gates/input.ts";
import { readStackFile } from "../promotion/stack-file.ts";
import { listed } from "../report/text.ts";
import type { ProjectSummary } from "../selector.ts";
import type { Io } from "../terminal/io.ts";
import { openApi } from "./api.ts";
import { GithubApprovals } from "./approvals.ts";
import { EnvironmentApprovals } from "./environment-approvals.ts";
import { githubSettings } from "./settings.ts";
import { Teams } from "./teams.ts";

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

/**
 * Reviews on GitHub, and what people said in GitHub Environments, as sources of approvals. Says so, once, where the settings ask for
 * approvals and GitHub's are not seen.
 */
export async function approverSources(
  context: Context,
  project: ProjectSummary,
  { repository, promotion }: Pick<ApplicationSettings, "repository" | "promotion">,
): Promise<ApproverSource[]> {
  const asks = Object.values(promotion.gates).some(({ approvals = [] }) => approvals.length > 0);
  if (repository === undefined || !asks) return [];
  const { io } = context;
  const warn = (line: string) => io.err(io.colors.yellow(line));
  const connection = await context.selector.github(project);
  if (connection === undefined) {
    if (!context.options.local)
      io.err(io.colors.dim("Approvals on GitHub are not seen: there is no GITHUB_TOKEN (docs/how-to/promote-on-github.md)."));
    return [];
  }
  const api = openApi(connection, repository);
  const members = new Teams(api);
  const teams = [...new Set(Object.values(promotion.roles).flatMap((role) => role.teams))];
  const of = { api, project: project.name, fileOf: await fileInRepository(project), teams, members };
  const sources: ApproverSource[] = [new GithubApprovals(of)];
  // Elsewhere GitHub has no reviewers of deployments.
  if (approvalsRefused(repository) === undefined)
    sources.push(new EnvironmentApprovals({ ...of, env: io.env, environments: githubSettings(project)?.environments ?? {}, warn }));
  return sources.map((source) => sayingUnseen(source, members, promotion, io));
}

/** Teams that could not be looked into, each said once: a gate that waits for their members waits in vain. */
function sayingUnseen(source: ApproverSource, { unseen }: Teams, { roles }: ApplicationSettings["promotion"], io: Io): ApproverSource {
  return {
    name: source.name,
    ...(source.requester === undefined ? {} : { requester: (...about) => source.requester!(...about) }),
    async approvals(about) {
      const found = await source.approvals(about);
      const before = said.get(io) ?? new Set();
      const news = [...unseen].filter((team) => !before.has(team)).sort();
      if (news.length === 0) return found;
      said.set(io, new Set([...before, ...news]));
      const held = Object.entries(roles).flatMap(([role, { teams }]) => (teams.some((team) => news.includes(team)) ? [role] : []));
      const means = held.length === 0 ? "nobody counts as a code owner by them" : `nobody counts as ${listed(held)} by them`;
      io.err(
        io.colors.yellow(
          `GitHub does not show this token who is in ${listed(news)}: ${means}, whoever approved. It needs the organisation's permission Members: read, which a workflow's own token cannot have (docs/how-to/connect-github.md).`,
        ),
      );
      return found;
    },
  };
}

/** By run: gates are asked more than once in one. */
const said = new WeakMap<Io, ReadonlySet<string>>();
