import type { Declare } from "./program.ts";

/** Commands that workflows on GitHub run, and the one that writes these workflows. */
export function describeGithubCommands(command: Declare): void {
  command(
    "source-branch",
    "say whether a branch may be merged into another (the required check of that name)",
    async () => (await import("./commands/source-branch.ts")).sourceBranch,
  )
    .option("--base <branch>", "the branch to merge into")
    .option("--head <branch>", "the branch to merge")
    .option("--head-repository <owner/name>", "where that branch lives, when it may be a fork");
  command(
    "publish [stack]",
    "tell GitHub what it does not know: deployments of the ledger, what gates say of releases, the pull request after a rollback",
    async () => (await import("./commands/publish.ts")).publish,
  );
  command(
    "workflows",
    "write .github/workflows and CODEOWNERS as the settings ask for them",
    async () => (await import("./commands/workflows.ts")).workflows,
  ).option("--check", "write nothing; end with exit code 3 when a file differs");
  command(
    "comment <file>",
    "post a report of `preview --markdown` on a pull request, or edit the one that was posted before",
    async () => (await import("./commands/comment.ts")).comment,
  ).option(
    "--pull-request <number>",
    "which one, of the repository that GITHUB_REPOSITORY names and GITHUB_TOKEN opens (GITHUB_API_URL: where)",
  );
  command(
    "scan [paths...]",
    "look for credentials in what is committed, or in the named files",
    async () => (await import("./commands/scan.ts")).scan,
  ).option("--since <revision>", "also in what commits since then added and took away again");
}
