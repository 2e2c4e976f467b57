import type * as pulumi from "@pulumi/pulumi";
import { present } from "../model.ts";
import type { LoadedSettings } from "../settings.ts";
import { ProtectedBranch } from "./branch.ts";
import { connectGithub } from "./connect.ts";
import { DeploymentEnvironment } from "./deployment-environment.ts";

export interface EnvironmentOnGithub {
  readonly environment: pulumi.Output<string>;
  readonly branch?: pulumi.Output<string>;
}

/** What one environment has on GitHub. */
export function createEnvironmentRules({ application, environment, stack, secrets }: LoadedSettings): EnvironmentOnGithub | undefined {
  const { repository } = application;
  const { github, protect } = environment;
  if (repository === undefined || github === undefined) return undefined;
  const providers = [connectGithub(repository)];
  const sealed = Object.entries(repository.secrets).flatMap(([key, declared]) =>
    present(declared, stack) && secrets[key] !== undefined ? [[key, secrets[key]] as const] : [],
  );
  const deployment = new DeploymentEnvironment(
    "github-environment",
    { repository, environment: stack, github, secrets: Object.fromEntries(sealed), protect },
    { providers },
  );
  if (github.branch === undefined) return { environment: deployment.environment };
  const { name, ...rules } = github.branch;
  const branch = new ProtectedBranch("github-branch", { repository: repository.name, pattern: name, rules, protect }, { providers });
  return { environment: deployment.environment, branch: branch.pattern };
}
