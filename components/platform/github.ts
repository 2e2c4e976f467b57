import type * as pulumi from "@pulumi/pulumi";
import { ProtectedBranch } from "../github/branch.ts";
import { CodeOwners } from "../github/code-owners.ts";
import { connectGithub } from "../github/connect.ts";
import { LEDGER_BRANCH } from "../github/lanes.ts";
import { MergeRules } from "../github/repository.ts";
import { KeptRefs } from "../github/rulesets.ts";
import type { PlatformSettingsOfStack } from "./model.ts";

/** The rules of a repository as a whole. */
export function createRepositoryRules({ application, platform }: PlatformSettingsOfStack): Record<string, pulumi.Input<unknown>> {
  const { repository } = application;
  const { github, protect } = platform;
  if (repository === undefined || github === undefined) return {};
  const providers = [connectGithub(repository)];
  const { name } = repository;

  const merging = github.merge && new MergeRules("repository", { repository, merge: github.merge, protect }, { providers });
  // The file first: once the branch takes pull requests only, a commit of ours would be refused.
  const owners = github.codeOwners && new CodeOwners("code-owners", { repository, ...github.codeOwners }, { providers });
  const dependsOn = [merging, owners].filter((part) => part !== undefined);
  const branches = Object.entries(github.branches).map(
    ([pattern, rules]) => new ProtectedBranch(`branch-${pattern}`, { repository: name, pattern, rules, protect }, { providers, dependsOn }),
  );
  const refs = { repository: name, protect };
  if (github.tags !== undefined)
    new KeptRefs(
      "release-tags",
      {
        ...refs,
        target: "tag",
        ref: `refs/tags/${github.tags.pattern}`,
        title: "Release tags",
        creators: github.tags.creators,
        moves: false,
      },
      { providers },
    );
  if (github.ledger !== undefined)
    new KeptRefs(
      "ledger",
      { ...refs, target: "branch", ref: `refs/heads/${LEDGER_BRANCH}`, title: "Ledger", creators: github.ledger.creators, moves: true },
      { providers },
    );
  return { repository: `${repository.owner}/${name}`, branches: branches.map(({ pattern }) => pattern) };
}
