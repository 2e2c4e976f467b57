import type { ResourceSchema } from "./resource.ts";
import { flag, object, REPOSITORY_NAME, type Shape, set, text } from "./shape.ts";

const switched = object({ status: text({ required: true, oneOf: ["enabled", "disabled"] }) });
const TOPIC: Shape = {
  kind: "text",
  pattern: /^[a-z0-9][a-z0-9-]{0,49}$/,
  words: 'is no topic: 1 to 50 lower-case letters, digits and "-", a letter or digit first',
};

export const repository: ResourceSchema = {
  stateVersion: 1,
  autonamed: "name",
  inputs: {
    name: text({ ...REPOSITORY_NAME }),
    description: text(),
    homepageUrl: text(),
    private: flag({ computed: true }),
    visibility: text({ computed: true, oneOf: ["public", "private", "internal"] }),
    fork: text({ computed: true, forceNew: "from value" }),
    sourceOwner: text({ computed: true, forceNew: "from value" }),
    sourceRepo: text({ computed: true, forceNew: "from value" }),
    securityAndAnalysis: object(
      {
        advancedSecurity: switched,
        codeSecurity: switched,
        secretScanning: switched,
        secretScanningAiDetection: switched,
        secretScanningNonProviderPatterns: switched,
        secretScanningPushProtection: switched,
      },
      { computed: true },
    ),
    hasIssues: flag(),
    hasDiscussions: flag(),
    hasProjects: flag(),
    hasDownloads: flag({ uncompared: true }),
    hasWiki: flag(),
    isTemplate: flag(),
    allowMergeCommit: flag({ default: true }),
    allowSquashMerge: flag({ default: true }),
    allowRebaseMerge: flag({ default: true }),
    allowAutoMerge: flag({ default: false }),
    allowForking: flag({ computed: true }),
    allowUpdateBranch: flag(),
    squashMergeCommitTitle: text({ default: "COMMIT_OR_PR_TITLE", oneOf: ["COMMIT_OR_PR_TITLE", "PR_TITLE"] }),
    squashMergeCommitMessage: text({ default: "COMMIT_MESSAGES", oneOf: ["COMMIT_MESSAGES", "PR_BODY", "BLANK"] }),
    mergeCommitTitle: text({ default: "MERGE_MESSAGE", oneOf: ["MERGE_MESSAGE", "PR_TITLE"] }),
    mergeCommitMessage: text({ default: "PR_TITLE", oneOf: ["PR_TITLE", "PR_BODY", "BLANK"] }),
    deleteBranchOnMerge: flag({ default: false }),
    webCommitSignoffRequired: flag({ computed: true }),
    autoInit: flag({ uncompared: true }),
    defaultBranch: text({ computed: true }),
    licenseTemplate: text({ uncompared: true }),
    gitignoreTemplate: text({ uncompared: true }),
    archived: flag({ default: false }),
    archiveOnDestroy: flag({ uncompared: true }),
    pages: object({
      buildType: text({ oneOf: ["legacy", "workflow"] }),
      cname: text(),
      custom404: flag(),
      htmlUrl: text(),
      source: object({ branch: text({ required: true }), path: text() }),
      status: text(),
      url: text(),
    }),
    template: object({ owner: text({ required: true }), repository: text({ required: true }), includeAllBranches: flag() }),
    topics: set(TOPIC, { computed: true }),
    vulnerabilityAlerts: flag({ computed: true }),
    ignoreVulnerabilityAlertsDuringRead: flag({ uncompared: true }),
    etag: text({ computed: true, uncompared: true }),
  },
  outputs: ["fullName", "gitCloneUrl", "htmlUrl", "httpCloneUrl", "nodeId", "primaryLanguage", "repoId", "sshCloneUrl", "svnUrl"],
  rules: (inputs) => [
    ...(inputs.private !== undefined && inputs.visibility !== undefined
      ? [{ property: "private", reason: "says the same as visibility: leave it out" }]
      : []),
    ...(["pages", "template"] as const)
      .filter((key) => inputs[key] !== undefined)
      .map((property) => ({ property, reason: "is not supported by the embedded engine: run this stack with the Pulumi CLI" })),
  ],
};

export const repositoryFile: ResourceSchema = {
  stateVersion: 1,
  inputs: {
    repository: text({ required: true, ...REPOSITORY_NAME }),
    file: text({ required: true, forceNew: true }),
    content: text({ required: true }),
    branch: text({ computed: true, forceNew: true }),
    commitMessage: text({ computed: true }),
    commitAuthor: text(),
    commitEmail: text(),
    overwriteOnCreate: flag({ default: false, uncompared: true }),
    autocreateBranch: flag({ default: false, uncompared: true }),
    autocreateBranchSourceBranch: text({ default: "main", uncompared: true }),
    autocreateBranchSourceSha: text({ computed: true, uncompared: true }),
  },
  outputs: ["commitSha", "ref", "repositoryId", "sha"],
  deleteBeforeReplace: true,
  rules: (inputs) =>
    (inputs.commitAuthor === undefined) === (inputs.commitEmail === undefined)
      ? []
      : [{ property: "commitAuthor", reason: "and commitEmail are given together or not at all" }],
};
