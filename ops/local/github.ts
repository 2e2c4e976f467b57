import type { Furniture } from "../../local/github/furnish.ts";
import type { GithubTarget } from "../../local/providers/github/index.ts";
import type { World } from "../../local/world.ts";
import type { GithubConnection } from "../github/connection.ts";
import { type GithubSettings, githubSettings, namedActors, speaksOfGithub } from "../github/settings.ts";
import { readApplication } from "../release/application.ts";
import type { EngineRequest, ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";

export interface LocalGithub {
  readonly target: GithubTarget;
  /** For people, after what else a run talks to. */
  readonly words: string;
}

const NONE: LocalGithub = { target: { kind: "offline" }, words: "" };

/**
 * Which GitHub a run with the embedded engine talks to: the one that LIFTLOCK_GITHUB names, else the local world's own, and none when the
 * stack has nothing there or the run asks nobody. Only with LIFTLOCK_GITHUB do GITHUB_TOKEN and GITHUB_OWNER count: a token that lies
 * about in the environment must not change a real repository from a local run.
 */
export async function githubTarget(
  env: NodeJS.ProcessEnv,
  world: World,
  project: ProjectSummary,
  { cluster, stack }: Pick<EngineRequest, "cluster" | "stack">,
): Promise<LocalGithub> {
  if (cluster === "none") return NONE;
  const named = namedGithub(env);
  if (named !== undefined) {
    const owner = env.GITHUB_OWNER ? { owner: env.GITHUB_OWNER } : {};
    return { target: { kind: "api", ...named, ...owner }, words: `, GitHub at ${new URL(named.baseUrl).host}` };
  }
  if (!speaksOfGithub(project, stack)) return NONE;
  const settings = githubSettings(project);
  if (settings === undefined) return NONE;
  const standing = await localGithub(world, settings, project, cluster === "start");
  if (standing === undefined) return { ...NONE, words: ", GitHub offline: the local one is not running" };
  const { baseUrl, token } = standing;
  return { target: { kind: "api", baseUrl, token }, words: `, GitHub: the local world's own at ${new URL(baseUrl).host}` };
}

/** LIFTLOCK_GITHUB, with its token; undefined when it is not set. */
export function namedGithub(env: NodeJS.ProcessEnv): { baseUrl: string; token: string } | undefined {
  const baseUrl = env.LIFTLOCK_GITHUB;
  if (baseUrl === undefined || baseUrl === "") return undefined;
  if (!URL.canParse(baseUrl)) throw new UserError(`LIFTLOCK_GITHUB="${baseUrl}" is no address: write it like https://api.github.com`, 2);
  const token = env.GITHUB_TOKEN;
  if (token === undefined || token === "")
    throw new UserError(`LIFTLOCK_GITHUB names ${baseUrl}, and GITHUB_TOKEN holds no token for it: see docs/how-to/connect-github.md`, 2);
  return { baseUrl, token };
}

/** The local world's GitHub, with what the project takes for granted there; undefined when it does not run and is not to be started. */
export async function localGithub(
  world: World,
  settings: GithubSettings,
  project: ProjectSummary,
  start: boolean,
): Promise<GithubConnection | undefined> {
  const { runningGithub, standingGithub } = await import("../../local/github/running.ts");
  const found = await (start ? standingGithub : runningGithub)(world.githubDir, furnitureOf(settings, project));
  return found && { baseUrl: found.url, token: found.token, isLocal: true };
}

function furnitureOf(settings: GithubSettings, project: ProjectSummary): Furniture {
  const { owner, ownerKind, plan, name, visibility, defaultBranch } = settings.repository;
  const { teams, users } = namedActors(settings);
  const roles = Object.values(readApplication(project).promotion.roles).flatMap((role) => role.teams);
  const own = [...teams, ...roles].filter((team) => team.toLowerCase().startsWith(`${owner.toLowerCase()}/`));
  return {
    owner,
    ownerKind,
    plan,
    repository: name,
    visibility,
    defaultBranch,
    teams: [...new Set(own.map((team) => team.slice(team.indexOf("/") + 1)))],
    users: users.filter((login) => login.toLowerCase() !== owner.toLowerCase()),
  };
}
