import { z } from "zod";
import { EnvironmentGithub } from "../../components/github/environment.schema.ts";
import type { RepositorySettings } from "../../components/github/repository.schema.ts";
import type { PlatformGithub } from "../../components/platform/github.schema.ts";
import { PlatformSettings } from "../../components/platform/platform.schema.ts";
import { readStackFile, readValue } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import { isRecord } from "../report/diff.ts";
import type { ProjectSummary } from "../selector.ts";
import { called, UserError } from "../user-error.ts";

/** Everything that a project's settings say about GitHub. */
export interface GithubSettings {
  readonly repository: RepositorySettings;
  /** By stack. */
  readonly environments: Readonly<Record<string, EnvironmentGithub>>;
  readonly platforms: Readonly<Record<string, PlatformGithub>>;
}

const GithubOf = z.looseObject({ github: EnvironmentGithub.optional() });

/** Undefined: the settings name no repository. Throws a UserError where they cannot be read: half of them would be taken for all. */
export function githubSettings(project: ProjectSummary): GithubSettings | undefined {
  const { repository } = readApplication(project);
  if (repository === undefined) return undefined;
  const environments: Record<string, EnvironmentGithub> = {};
  const platforms: Record<string, PlatformGithub> = {};
  for (const stack of project.stacks) {
    const file = readStackFile(project.dir, stack);
    const checked = <T>(schema: z.ZodType<T>, key: string): T => {
      const parsed = schema.safeParse(readValue(file, project.name, key) ?? {});
      if (parsed.success) return parsed.data;
      throw new UserError(`${file.file}: ${key} is not valid: \`${called()} preview ${stack}\` says what is wrong.`);
    };
    const own = checked(GithubOf, "environment").github;
    if (own !== undefined) environments[stack] = own;
    const shared = checked(PlatformSettings, "platform").github;
    if (shared !== undefined) platforms[stack] = shared;
  }
  return { repository, environments, platforms };
}

/** The branch whose copy of a stack's file counts. */
export const baseOf = ({ environments, repository }: GithubSettings, stack: string): string =>
  environments[stack]?.branch?.name ?? repository.defaultBranch;

/** Has a stack anything on GitHub? Of a project without a repository: no. */
export function speaksOfGithub(project: ProjectSummary, stack: string): boolean {
  if (!project.stacks.includes(stack) || readApplication(project).repository === undefined) return false;
  const file = readStackFile(project.dir, stack);
  return ["environment", "platform"].some((key) => {
    const value = readValue(file, project.name, key);
    return isRecord(value) && value.github !== undefined;
  });
}

/** Logins and team names (`acme/qa`) that the settings speak of, each once. */
export function namedActors(settings: GithubSettings): { teams: string[]; users: string[] } {
  const teams = new Set<string>();
  const users = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) {
      for (const one of value) {
        if (typeof one !== "string") visit(one, key);
        else if (key === "teams") teams.add(one);
        else if (key === "users") users.add(one);
      }
    } else if (typeof value === "object" && value !== null) for (const [name, inner] of Object.entries(value)) visit(inner, name);
  };
  visit([settings.environments, settings.platforms], "");
  for (const { owners } of settings.repository.codeOwners)
    for (const owner of owners) {
      if (!owner.startsWith("@")) continue;
      if (owner.includes("/")) teams.add(owner.slice(1));
      else users.add(owner.slice(1));
    }
  return { teams: [...teams].sort(), users: [...users].sort() };
}
