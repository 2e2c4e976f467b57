import { ActionsEnvironmentSecret } from "@pulumi/github/actionsEnvironmentSecret.js";
import { ActionsEnvironmentVariable } from "@pulumi/github/actionsEnvironmentVariable.js";
import { RepositoryEnvironment } from "@pulumi/github/repositoryEnvironment.js";
import { RepositoryEnvironmentDeploymentPolicy } from "@pulumi/github/repositoryEnvironmentDeploymentPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { idsOf } from "./actors.ts";
import type { EnvironmentGithub } from "./environment.schema.ts";
import { approvalsRefused } from "./limits.ts";
import type { RepositorySettings } from "./repository.schema.ts";

export interface DeploymentEnvironmentArgs {
  readonly repository: RepositorySettings;
  /** The GitHub Environment's name: the stack's. */
  readonly environment: string;
  readonly github: EnvironmentGithub;
  /** Values by key, for workflows that deploy here. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly protect: boolean;
}

/**
 * The GitHub Environment through which workflows deploy: who approves, what may be deployed, and the secrets that nothing else gets.
 * Creating one that is there already takes it over, and giving it another logical name would therefore delete it, secrets included: it is
 * protected, and its logical name holds nothing that a team could want to change.
 */
export class DeploymentEnvironment extends pulumi.ComponentResource {
  readonly environment: pulumi.Output<string>;

  constructor(name: string, args: DeploymentEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:github:DeploymentEnvironment", name, {}, opts);
    const { github, secrets, protect } = args;
    const repository = args.repository.name;
    const created = new RepositoryEnvironment(
      name,
      {
        repository,
        environment: args.environment,
        deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
        ...approvalsOf(github, args.repository, this),
      },
      { parent: this, protect },
    );
    this.environment = created.environment;

    // Deleting the environment deletes what is in it, and GitHub answers 404 to who deletes that once more.
    const within = { parent: this, deletedWith: created };
    const shared = { repository, environment: this.environment };
    for (const branchPattern of github.deployFrom.branches)
      new RepositoryEnvironmentDeploymentPolicy(`${name}-from-branch-${branchPattern}`, { ...shared, branchPattern }, within);
    for (const tagPattern of github.deployFrom.tags)
      new RepositoryEnvironmentDeploymentPolicy(`${name}-from-tag-${tagPattern}`, { ...shared, tagPattern }, within);
    for (const [variableName, value] of Object.entries(github.variables))
      new ActionsEnvironmentVariable(`${name}-variable-${variableName}`, { ...shared, variableName, value }, within);
    for (const [secretName, value] of Object.entries(secrets))
      new ActionsEnvironmentSecret(`${name}-secret-${secretName}`, { ...shared, secretName, value }, within);
    this.registerOutputs({ environment: this.environment });
  }
}

/** What a plan does not know is not sent: GitHub would refuse it, or, worse, take the rest and drop it without a word. */
function approvalsOf(
  { reviewers, waitTimer, preventSelfReview, administratorsBypass }: EnvironmentGithub,
  repository: RepositorySettings,
  parent: pulumi.Resource,
) {
  if (approvalsRefused(repository) !== undefined) return {};
  const { teams, users } = idsOf(reviewers, parent);
  return {
    canAdminsBypass: administratorsBypass ?? false,
    ...(waitTimer === 0 ? {} : { waitTimer }),
    ...(teams.length + users.length === 0 ? {} : { preventSelfReview, reviewers: [{ teams, users }] }),
  };
}
