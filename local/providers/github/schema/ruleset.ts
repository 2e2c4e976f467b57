import type { CheckFailure } from "../../../engine/provider.ts";
import { isMap, type PropertyMap } from "../../../engine/values.ts";
import type { ResourceSchema } from "./resource.ts";
import { type Field, flag, list, object, REPOSITORY_NAME, set, TEXT, text, WHOLE, whole } from "./shape.ts";

const namePattern: Field = object({
  name: text(),
  negate: flag(),
  operator: text({ required: true, oneOf: ["starts_with", "ends_with", "contains", "regex"] }),
  pattern: text({ required: true }),
});

const requiredReviewer = object({
  filePatterns: list(TEXT, { required: true }),
  minimumApprovals: whole({ required: true, min: 0 }),
  reviewer: object({ id: { shape: WHOLE, required: true }, type: text({ required: true, oneOf: ["Team"] }) }, { required: true }),
}).shape;

const scanningTool = object({
  alertsThreshold: text({ required: true, oneOf: ["none", "errors", "errors_and_warnings", "all"] }),
  securityAlertsThreshold: text({ required: true, oneOf: ["none", "critical", "high_or_higher", "medium_or_higher", "all"] }),
  tool: text({ required: true }),
}).shape;

const rules = object(
  {
    branchNamePattern: namePattern,
    commitAuthorEmailPattern: namePattern,
    commitMessagePattern: namePattern,
    committerEmailPattern: namePattern,
    copilotCodeReview: object({ reviewDraftPullRequests: flag({ default: false }), reviewOnPush: flag({ default: false }) }),
    creation: flag(),
    deletion: flag(),
    fileExtensionRestriction: object({ restrictedFileExtensions: set(TEXT, { required: true }) }),
    filePathRestriction: object({ restrictedFilePaths: list(TEXT, { required: true }) }),
    maxFilePathLength: object({ maxFilePathLength: whole({ required: true, min: 1, max: 32_767 }) }),
    maxFileSize: object({ maxFileSize: whole({ required: true, min: 1, max: 100 }) }),
    mergeQueue: object({
      checkResponseTimeoutMinutes: whole({ min: 0, max: 360, default: 60 }),
      groupingStrategy: text({ default: "ALLGREEN", oneOf: ["ALLGREEN", "HEADGREEN"] }),
      maxEntriesToBuild: whole({ min: 0, max: 100, default: 5 }),
      maxEntriesToMerge: whole({ min: 0, max: 100, default: 5 }),
      mergeMethod: text({ default: "MERGE", oneOf: ["MERGE", "SQUASH", "REBASE"] }),
      minEntriesToMerge: whole({ min: 0, max: 100, default: 1 }),
      minEntriesToMergeWaitMinutes: whole({ min: 0, max: 360, default: 5 }),
    }),
    nonFastForward: flag(),
    pullRequest: object({
      allowedMergeMethods: list({ kind: "text", oneOf: ["merge", "squash", "rebase"] }, { computed: true }),
      dismissStaleReviewsOnPush: flag({ default: false }),
      requireCodeOwnerReview: flag({ default: false }),
      requireLastPushApproval: flag({ default: false }),
      requiredApprovingReviewCount: whole({ min: 0, max: 10, default: 0 }),
      requiredReviewThreadResolution: flag({ default: false }),
      requiredReviewers: list(requiredReviewer),
    }),
    requiredCodeScanning: object({ requiredCodeScanningTools: set(scanningTool, { required: true }) }),
    requiredDeployments: object({ requiredDeploymentEnvironments: list(TEXT, { required: true }) }),
    requiredLinearHistory: flag(),
    requiredSignatures: flag(),
    requiredStatusChecks: object({
      doNotEnforceOnCreate: flag({ default: false }),
      requiredChecks: set(object({ context: text({ required: true }), integrationId: whole({ default: 0 }) }).shape, { required: true }),
      strictRequiredStatusChecksPolicy: flag(),
    }),
    tagNamePattern: namePattern,
    update: flag(),
    updateAllowsFetchAndMerge: flag({ default: false }),
  },
  { required: true },
);

const bypassActor = object({
  actorId: whole(),
  actorType: text({
    required: true,
    oneOf: ["RepositoryRole", "Team", "Integration", "OrganizationAdmin", "DeployKey", "EnterpriseOwner", "User"],
  }),
  bypassMode: text({ required: true, oneOf: ["always", "pull_request", "exempt"] }),
}).shape;

const TARGETS = ["branch", "tag", "push"];

export const ruleset: ResourceSchema = {
  stateVersion: 1,
  autonamed: "name",
  inputs: {
    repository: text({ required: true, ...REPOSITORY_NAME }),
    name: text({ pattern: /^.{1,100}$/, words: "is no ruleset name: 1 to 100 characters" }),
    target: text({ required: true, oneOf: TARGETS }),
    enforcement: text({ required: true, oneOf: ["disabled", "active", "evaluate"] }),
    bypassActors: set(bypassActor),
    conditions: object({
      refName: object({ includes: list(TEXT, { required: true }), excludes: list(TEXT, { required: true }) }, { required: true }),
    }),
    rules,
  },
  outputs: ["etag", "nodeId", "rulesetId"],
  rules: (inputs) => [...conditionsOfTarget(inputs), ...rulesOfTarget(inputs)],
};

/** As the real provider's resourceGithubRepositoryRulesetDiff: conditions are needed for references and have no sense for push rules. */
function conditionsOfTarget({ target, conditions }: PropertyMap): CheckFailure[] {
  if ((target === "branch" || target === "tag") && conditions === undefined)
    return [{ property: "conditions", reason: `is needed for target "${target}": which references it is about` }];
  if (target === "push" && conditions !== undefined)
    return [{ property: "conditions", reason: 'has no sense for target "push": leave it out' }];
  return [];
}

const PUSH_RULES = ["filePathRestriction", "maxFilePathLength", "maxFileSize", "fileExtensionRestriction"];

function rulesOfTarget({ target, rules: given }: PropertyMap): CheckFailure[] {
  if (!isMap(given) || typeof target !== "string" || !TARGETS.includes(target)) return [];
  const refused = (key: string): string | undefined => {
    if (given[key] === undefined || given[key] === false) return undefined;
    if (PUSH_RULES.includes(key) !== (target === "push")) return `is no rule of target "${target}"`;
    if (key === "branchNamePattern" && target === "tag") return 'is no rule of target "tag": tagNamePattern is';
    if (key === "tagNamePattern" && target === "branch") return 'is no rule of target "branch": branchNamePattern is';
    if (key === "updateAllowsFetchAndMerge" && given.update !== true) return "needs update: true";
    if (["mergeQueue", "pullRequest", "copilotCodeReview"].includes(key) && target === "tag") return 'is no rule of target "tag"';
    return undefined;
  };
  return Object.keys(given).flatMap((key) => {
    const reason = refused(key);
    return reason === undefined ? [] : [{ property: `rules.${key}`, reason }];
  });
}
