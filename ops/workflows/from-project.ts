import { existsSync } from "node:fs";
import path from "node:path";
import { EnvironmentGithub } from "../../components/github/environment.schema.ts";
import type { RepositorySettings } from "../../components/github/repository.schema.ts";
import { PlatformSettings } from "../../components/platform/platform.schema.ts";
import { declaredBranches } from "../github/branches.ts";
import { environmentsOf } from "../project-dir.ts";
import { readStackFile, readValue } from "../promotion/stack-file.ts";
import { readApplication } from "../release/application.ts";
import { isRecord } from "../report/diff.ts";
import type { ProjectSummary } from "../selector.ts";
import { called, UserError } from "../user-error.ts";
import type { DeployedEnvironment, WorkflowSettings } from "./settings.ts";

export interface ProjectOnGithub {
  readonly repository: RepositorySettings;
  readonly workflows: WorkflowSettings;
}

/** What a project's files say about workflows. `folder`: the program's, below the repository's root, empty or with a slash at its end. */
export function projectOnGithub(project: ProjectSummary, folder: string): ProjectOnGithub {
  const { repository, promotion } = readApplication(project);
  if (repository === undefined)
    throw new UserError(`${project.dir}/Pulumi.yaml: application.repository is missing: say which repository on GitHub this is.`, 2);
  const { branches } = declaredBranches(project);
  const names = promotion.path.filter((stack) => environmentsOf(project).includes(stack));
  const environments: DeployedEnvironment[] = [];
  for (const stack of names) environments.push(environmentOf(project, repository, stack, environments));
  const workflows: WorkflowSettings = {
    command: commandOf(project.dir, folder),
    folder,
    defaultBranch: repository.defaultBranch,
    releaseTags: releaseTags(project),
    environments,
    platforms: project.platforms ?? [],
    restrictsSources: branches.length > 0,
  };
  return { repository, workflows };
}

/** A project that `init` made in a folder of a larger repository has a command of its own there. */
function commandOf(dir: string, folder: string): string {
  if (folder === "") return "./liftlock";
  const own = existsSync(path.join(dir, "liftlock")) ? `./${folder}liftlock` : "./liftlock";
  return `${own} --stack-dir ${folder.replace(/\/$/, "")}`;
}

/** Where nothing is said, the default branch is deployed: the first environment by every push, the others by a change of their own file. */
function environmentOf(
  project: ProjectSummary,
  repository: RepositorySettings,
  stack: string,
  before: readonly DeployedEnvironment[],
): DeployedEnvironment {
  const settings = readValue(readStackFile(project.dir, stack), project.name, "environment");
  const parsed = EnvironmentGithub.optional().safeParse(isRecord(settings) ? settings.github : undefined);
  if (!parsed.success)
    throw new UserError(`Pulumi.${stack}.yaml: environment.github is not valid: \`${called()} preview ${stack}\` says what is wrong.`);
  const github = parsed.data;
  const branch = github?.branch?.name ?? github?.deployFrom.branches.find((name) => !name.includes("*")) ?? repository.defaultBranch;
  return {
    stack,
    branch,
    on: github === undefined ? "push" : github.deploy.on,
    sharesBranch: before.some((other) => other.branch === branch),
    tags: github?.deployFrom.tags ?? [],
    checks: github?.deploy.checks ?? [],
  };
}

function releaseTags(project: ProjectSummary): string {
  const declared = (project.platforms ?? []).flatMap((stack) => {
    const parsed = PlatformSettings.safeParse(readValue(readStackFile(project.dir, stack), project.name, "platform"));
    return parsed.success && parsed.data.github?.tags !== undefined ? [parsed.data.github.tags.pattern] : [];
  });
  return declared[0] ?? "v*";
}
