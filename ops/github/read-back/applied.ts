import { isRecord, type Json } from "../../report/diff.ts";
import { resourcesIn } from "../../report/exported.ts";

/** What a stack's last update left on GitHub, from its state; values of secrets are never looked at. */
export interface AppliedRules {
  readonly protections: readonly AppliedRule[];
  readonly rulesets: readonly AppliedRule[];
  readonly environments: readonly AppliedRule[];
  readonly policies: readonly AppliedRule[];
  readonly secrets: readonly AppliedRule[];
  readonly variables: readonly AppliedRule[];
  /** Of the repository itself. */
  readonly actionsSecrets: readonly AppliedRule[];
  readonly actionsVariables: readonly AppliedRule[];
  readonly repositories: readonly AppliedRule[];
}

export interface AppliedRule {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

const TYPES = {
  protections: "branchProtection:BranchProtection",
  rulesets: "repositoryRuleset:RepositoryRuleset",
  environments: "repositoryEnvironment:RepositoryEnvironment",
  policies: "repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy",
  secrets: "actionsEnvironmentSecret:ActionsEnvironmentSecret",
  variables: "actionsEnvironmentVariable:ActionsEnvironmentVariable",
  actionsSecrets: "actionsSecret:ActionsSecret",
  actionsVariables: "actionsVariable:ActionsVariable",
  repositories: "repository:Repository",
} as const;

export function appliedRules(exported: Json): AppliedRules {
  const resources = resourcesIn(exported);
  const of = (type: string): AppliedRule[] =>
    resources
      .filter((one) => one.type === `github:index/${type}` && one.delete !== true && one.external !== true)
      .map((one) => ({
        urn: String(one.urn),
        id: String(one.id),
        inputs: isRecord(one.inputs) ? one.inputs : {},
        outputs: isRecord(one.outputs) ? one.outputs : {},
      }));
  return Object.fromEntries(Object.entries(TYPES).map(([key, type]) => [key, of(type)])) as Record<keyof AppliedRules, AppliedRule[]>;
}
