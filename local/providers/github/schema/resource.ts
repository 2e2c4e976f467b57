import type { CheckFailure } from "../../../engine/provider.ts";
import type { PropertyMap } from "../../../engine/values.ts";
import { actionsSecret, actionsVariable, environment, environmentPolicy, environmentSecret, environmentVariable } from "./actions.ts";
import { branch, branchDefault, branchProtection } from "./branches.ts";
import { repository, repositoryFile } from "./repository.ts";
import { ruleset } from "./ruleset.ts";
import type { Fields } from "./shape.ts";
import { team, teamMembership, teamRepository } from "./teams.ts";

/** One resource type of @pulumi/github: its inputs, what GitHub adds to them, and the rules between them. */
export interface ResourceSchema {
  readonly inputs: Fields;
  /** Outputs beyond the inputs, which nobody knows before the object exists. */
  readonly outputs: readonly string[];
  /** Version of the real provider's state of this type: it upgrades states that do not say they are of it. */
  readonly stateVersion?: number;
  /** The input that is named automatically when the program leaves it out. */
  readonly autonamed?: "name";
  /** The object must go before its replacement can come. */
  readonly deleteBeforeReplace?: true;
  /** Rules that need more than one property. Only values that are known are passed. */
  readonly rules?: (inputs: PropertyMap) => CheckFailure[];
}

export const RESOURCES: Readonly<Record<string, ResourceSchema>> = {
  "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": environmentSecret,
  "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": environmentVariable,
  "github:index/actionsSecret:ActionsSecret": actionsSecret,
  "github:index/actionsVariable:ActionsVariable": actionsVariable,
  "github:index/branch:Branch": branch,
  "github:index/branchDefault:BranchDefault": branchDefault,
  "github:index/branchProtection:BranchProtection": branchProtection,
  "github:index/repository:Repository": repository,
  "github:index/repositoryEnvironment:RepositoryEnvironment": environment,
  "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy": environmentPolicy,
  "github:index/repositoryFile:RepositoryFile": repositoryFile,
  "github:index/repositoryRuleset:RepositoryRuleset": ruleset,
  "github:index/team:Team": team,
  "github:index/teamMembership:TeamMembership": teamMembership,
  "github:index/teamRepository:TeamRepository": teamRepository,
};

export const schemaOf = (type: string): ResourceSchema | undefined => RESOURCES[type];
