import { Repository } from "@pulumi/github/repository.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformGithub } from "../platform/github.schema.ts";
import type { RepositorySettings } from "./repository.schema.ts";

export interface MergeRulesArgs {
  readonly repository: RepositorySettings;
  readonly merge: NonNullable<PlatformGithub["merge"]>;
  readonly protect: boolean;
}

/**
 * How a repository merges. GitHub has one object for all of a repository's settings, so this one stack owns it; what is not declared here
 * stays as somebody set it. It outlives its stack: a mistake in a stack must not delete a repository.
 */
export class MergeRules extends pulumi.ComponentResource {
  readonly repository: pulumi.Output<string>;

  constructor(name: string, { repository, merge, protect }: MergeRulesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:github:MergeRules", name, {}, opts);
    const created = new Repository(
      name,
      {
        name: repository.name,
        // Only for one that is created: nobody's slip in a settings file may publish a repository.
        visibility: repository.visibility,
        allowSquashMerge: merge.squash,
        allowRebaseMerge: merge.rebase,
        allowMergeCommit: merge.mergeCommits,
        allowAutoMerge: merge.autoMerge,
        allowUpdateBranch: merge.updateBranch,
        deleteBranchOnMerge: merge.deleteBranchOnMerge,
        // The nightly drift report is an issue.
        hasIssues: true,
        archiveOnDestroy: true,
      },
      { parent: this, protect, retainOnDelete: true, ignoreChanges: UNDECLARED },
    );
    this.repository = created.name;
    this.registerOutputs({ repository: this.repository });
  }
}

/** Left out, these would be reset to the provider's defaults. */
const UNDECLARED = [
  "allowForking",
  "archived",
  "autoInit",
  "description",
  "hasDiscussions",
  "hasDownloads",
  "hasProjects",
  "hasWiki",
  "homepageUrl",
  "isTemplate",
  "mergeCommitMessage",
  "mergeCommitTitle",
  "pages",
  "securityAndAnalysis",
  "squashMergeCommitMessage",
  "squashMergeCommitTitle",
  "template",
  "topics",
  "visibility",
  "vulnerabilityAlerts",
  "webCommitSignoffRequired",
];
