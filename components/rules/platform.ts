import type { ApplicationSettings } from "../application.schema.ts";
import type { Finding } from "../faults.ts";
import { bypassRefused, rulesRefused } from "../github/limits.ts";
import type { PlatformSettings } from "../platform/platform.schema.ts";
import { adding, checkBranch, checkTeams, count, type OtherBranches } from "./github.ts";

/** GitHub would accept what a platform stack asks of a repository. */
export function checkPlatformGithub(
  application: ApplicationSettings,
  { github }: PlatformSettings,
  siblings: readonly OtherBranches[],
): Finding[] {
  if (github === undefined) return [];
  const found: Finding[] = [];
  const add = adding(found, "platform");
  const { repository } = application;
  if (repository === undefined) {
    add(["github"], "needs a repository: declare application.repository in Pulumi.yaml");
    return found;
  }
  const refused = rulesRefused(repository);
  for (const part of ["branches", "tags", "ledger", "codeOwners"] as const)
    if (refused !== undefined && github[part] !== undefined && (part !== "branches" || Object.keys(github.branches).length > 0))
      add(["github", part], `is not possible: ${refused}`);
  if (refused !== undefined) return found;

  const noLists = bypassRefused(repository);
  for (const part of ["tags", "ledger"] as const) {
    const creators = github[part]?.creators;
    if (creators === undefined || count(creators) === 0) continue;
    if (noLists !== undefined) add(["github", part, "creators"], `is not possible: ${noLists}`);
    checkTeams(["github", part, "creators", "teams"], creators, repository, add);
  }
  for (const [name, rules] of Object.entries(github.branches)) {
    const where = ["github", "branches", name];
    const twice = siblings.find(({ branches }) => branches?.includes(name));
    if (twice !== undefined) add(where, `is the branch of "${twice.stack}", and GitHub keeps one rule a name: declare it in one of them`);
    if (rules.linearHistory && github.merge !== undefined && !github.merge.squash && !github.merge.rebase)
      add([...where, "linearHistory"], "needs another way of merging than merge commits: allow github.merge.squash or rebase");
    checkBranch(where, rules, application, repository, add);
  }
  const committed = github.codeOwners;
  if (committed !== undefined) {
    if (repository.codeOwners.length === 0) add(["github", "codeOwners"], "has nothing to commit: list application.repository.codeOwners");
    const rules = Object.hasOwn(github.branches, committed.branch) ? github.branches[committed.branch] : undefined;
    if (rules !== undefined && rules.reviews !== false && rules.administrators && count(rules.reviews.bypass) === 0)
      add(
        ["github", "codeOwners"],
        `could be committed only once: ${committed.branch} takes changes by pull request, from administrators too. Leave it out and commit the file that \`liftlock workflows\` writes, or let the automation pass (branches.${committed.branch}.reviews.bypass)`,
      );
  }
  return found;
}
