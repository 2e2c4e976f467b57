import type { CheckFailure } from "../../../engine/provider.ts";
import { isMap, type PropertyMap } from "../../../engine/values.ts";
import type { ResourceSchema } from "./resource.ts";
import { type Fields, flag, list, object, REPOSITORY_NAME, SECRET_NAME, set, text, WHOLE, whole } from "./shape.ts";

const repository = text({ required: true, ...REPOSITORY_NAME });
const environmentName = text({ required: true, forceNew: true });

export const environment: ResourceSchema = {
  stateVersion: 1,
  inputs: {
    repository,
    environment: environmentName,
    canAdminsBypass: flag({ default: true }),
    preventSelfReview: flag({ default: false }),
    // 43,200 minutes are 30 days (docs.github.com: "Deployments and environments").
    waitTimer: whole({ min: 0, max: 43_200 }),
    reviewers: list(object({ teams: set(WHOLE, { max: 6 }), users: set(WHOLE, { max: 6 }) }).shape, { max: 1 }),
    deploymentBranchPolicy: object({ protectedBranches: flag({ required: true }), customBranchPolicies: flag({ required: true }) }),
  },
  outputs: ["repositoryId"],
  rules: (inputs) => [...atMostSixReviewers(inputs), ...oneKindOfBranchPolicy(inputs)],
};

function atMostSixReviewers({ reviewers }: PropertyMap): CheckFailure[] {
  const [block] = Array.isArray(reviewers) ? reviewers : [];
  if (!isMap(block)) return [];
  const count = [block.teams, block.users].reduce<number>((sum, ids) => sum + (Array.isArray(ids) ? ids.length : 0), 0);
  return count > 6 ? [{ property: "reviewers", reason: `has ${count} reviewers: GitHub takes at most 6 teams and users together` }] : [];
}

function oneKindOfBranchPolicy({ deploymentBranchPolicy: policy }: PropertyMap): CheckFailure[] {
  if (!isMap(policy) || typeof policy.protectedBranches !== "boolean" || policy.protectedBranches !== policy.customBranchPolicies)
    return [];
  return [
    {
      property: "deploymentBranchPolicy",
      reason:
        "needs exactly one of protectedBranches and customBranchPolicies to be true; leave the whole policy out to let every branch deploy",
    },
  ];
}

export const environmentPolicy: ResourceSchema = {
  stateVersion: 1,
  inputs: { repository, environment: environmentName, branchPattern: text(), tagPattern: text() },
  outputs: ["policyId", "repositoryId"],
  rules: (inputs) => exactlyOne(inputs, ["branchPattern", "tagPattern"]),
};

const VALUES = ["value", "valueEncrypted", "encryptedValue", "plaintextValue"] as const;
const secretValue: Fields = {
  secretName: text({ required: true, forceNew: true, ...SECRET_NAME }),
  keyId: text({ computed: true }),
  value: text({ secret: true }),
  valueEncrypted: text({ secret: true }),
  encryptedValue: text({ secret: true }),
  plaintextValue: text({ secret: true }),
};
const SECRET_OUTPUTS = ["createdAt", "remoteUpdatedAt", "repositoryId", "updatedAt"];

const secretRules = (inputs: PropertyMap): CheckFailure[] => [
  ...exactlyOne(inputs, VALUES),
  ...(inputs.keyId !== undefined && (inputs.value !== undefined || inputs.plaintextValue !== undefined)
    ? [{ property: "keyId", reason: "belongs to valueEncrypted: leave it out, the provider asks GitHub for the key" }]
    : []),
];

export const environmentSecret: ResourceSchema = {
  stateVersion: 1,
  inputs: { repository, environment: environmentName, ...secretValue },
  outputs: SECRET_OUTPUTS,
  deleteBeforeReplace: true,
  rules: secretRules,
};

export const actionsSecret: ResourceSchema = {
  stateVersion: 2,
  inputs: { repository, ...secretValue, destroyOnDrift: flag({ uncompared: true }) },
  outputs: SECRET_OUTPUTS,
  deleteBeforeReplace: true,
  rules: secretRules,
};

const variable: Fields = {
  variableName: text({ required: true, forceNew: true, ...SECRET_NAME }),
  value: text({ required: true }),
};

export const environmentVariable: ResourceSchema = {
  stateVersion: 1,
  inputs: { repository, environment: environmentName, ...variable },
  outputs: ["createdAt", "repositoryId", "updatedAt"],
  deleteBeforeReplace: true,
};

export const actionsVariable: ResourceSchema = {
  stateVersion: 1,
  inputs: { repository, ...variable },
  outputs: ["createdAt", "repositoryId", "updatedAt"],
  deleteBeforeReplace: true,
};

function exactlyOne(inputs: PropertyMap, keys: readonly string[]): CheckFailure[] {
  const given = keys.filter((key) => inputs[key] !== undefined);
  if (given.length === 1) return [];
  const has = given.length === 0 ? "none is given" : `${given.join(" and ")} are given`;
  return [{ property: given[0] ?? keys[0] ?? "", reason: `exactly one of ${keys.join(", ")} is needed, and ${has}` }];
}
