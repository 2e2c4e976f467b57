import type { Handler } from "../handler.ts";
import { branchProtection } from "./branch-protection.ts";
import { branch, branchDefault } from "./branches.ts";
import { environment, environmentPolicy } from "./environments.ts";
import { repository, repositoryFile } from "./repository.ts";
import { ruleset } from "./ruleset.ts";
import { actionsSecret, actionsVariable, environmentSecret, environmentVariable } from "./secrets.ts";
import { team, teamMembership, teamRepository } from "./teams.ts";

/** By the last part of the type's token. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  ActionsEnvironmentSecret: environmentSecret,
  ActionsEnvironmentVariable: environmentVariable,
  ActionsSecret: actionsSecret,
  ActionsVariable: actionsVariable,
  Branch: branch,
  BranchDefault: branchDefault,
  BranchProtection: branchProtection,
  Repository: repository,
  RepositoryEnvironment: environment,
  RepositoryEnvironmentDeploymentPolicy: environmentPolicy,
  RepositoryFile: repositoryFile,
  RepositoryRuleset: ruleset,
  Team: team,
  TeamMembership: teamMembership,
  TeamRepository: teamRepository,
};
