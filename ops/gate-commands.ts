import { Option } from "commander";
import type { Declare } from "./program.ts";

const as = () => new Option("--as <person>", 'with --local only: act as "Name <address>"');
const release = () => new Option("--release <id>", "version or id (default: what is to go there next)");
const every = (value: string, before: readonly string[] = []): string[] => [...before, value];
const reason = () => new Option("--reason <text>", "kept in the ledger");

/** Commands that show where releases stand, and those that record what people say about them. */
export function describeGateCommands(command: Declare): void {
  command(
    "status [stacks...]",
    "say what runs in each environment, and what stands before the next release",
    async () => (await import("./commands/status.ts")).status,
  );
  command(
    "why [stack]",
    "say what keeps a release from an environment, and its pods from running",
    async () => (await import("./commands/why.ts")).why,
  ).addOption(release());
  command(
    "diff [stacks...]",
    "compare two environments, or one at two of its releases; exit code 3 when something differs that nobody wrote down",
    async () => (await import("./commands/diff.ts")).diff,
  )
    .option("--live", "also what runs there: releases not deployed yet, changes by hand")
    .option("--release <release>", "compare one environment at two releases: give it twice", every)
    .option("--all", "list every expected difference")
    .option("--markdown", "print Markdown");
  command(
    "drift [stacks...]",
    "say what somebody changed, added or deleted by hand; exit code 3 when there is any",
    async () => (await import("./commands/drift.ts")).drift,
  )
    .option("--fix", "put it back, object by object, after showing how and asking")
    .option("--include <kind/name>", "with --fix: also delete this addition, or make this Job or volume again; repeatable", every)
    .option("-y, --yes", "ask nothing")
    .option("--markdown", "print Markdown");
  command(
    "operator [stacks...]",
    "print the objects with which the Pulumi Kubernetes Operator keeps these stacks and those that they wait for, in the order of promotion",
    async () => (await import("./commands/operator.ts")).operator,
  )
    .option("--backend <address>", "where the state is: azblob://…, s3://…, https://api.pulumi.com")
    .option("--repository <address>", "git repository of the program (default: application.repository)")
    .option("--branch <name>", "branch that is deployed (default: the repository's)")
    .option("--organization <name>", "organisation in Pulumi Cloud")
    .option("-n, --namespace <name>", "namespace of the objects (default: pulumi)")
    .option("--git-secret <name>", "Secret with the key `token`, for a repository that not everybody may read")
    .option("--service-account <name>", "as which their workspaces work (default: the namespace's own, which may do nothing)")
    .option("--image <reference>", "image of the workspaces, with the Pulumi CLI and Node 24");
  command(
    "metrics [stack]",
    "measure deliveries to an environment against the team's targets: DORA's four keys, success, uptime",
    async () => (await import("./commands/metrics.ts")).metrics,
  )
    .option("--since <time>", "how far back: a duration such as 90d, or a date (default: metrics.window of the settings)")
    .option("--expect-targets", "end with exit code 3 when a target is missed");
  command(
    "report",
    "write a page that shows where every release stands: pipeline, differences, deliveries, timeline",
    async () => (await import("./commands/report.ts")).report,
  ).option("-o, --out <file>", "the page's file (default: .liftlock/report.html of the project)");
  command("approve [stack]", "approve or reject a release for an environment", async () => (await import("./commands/approve.ts")).approve)
    .option("--role <role>", "in which role (default: yours that the environment asks for)")
    .option("--reject", "say no: closes the gate until you approve")
    .option("--note <text>", "kept in the ledger")
    .addOption(release())
    .addOption(as());
  command(
    "confirm-migrations [stack]",
    "show what a release does to the database of an environment, and confirm it",
    async () => (await import("./commands/confirm-migrations.ts")).confirmMigrations,
  )
    .option("-y, --yes", "ask nothing")
    .addOption(release())
    .addOption(as());
  command(
    "check <stack> <name> <result>",
    "record the result of a check: passed or failed",
    async () => (await import("./commands/check.ts")).check,
  )
    .option("--evidence <where>", "where the result can be looked up")
    .option("--measured-at <time>", "when it was measured (default: now)")
    .addOption(release())
    .addOption(as());
  command(
    "freeze [stack]",
    "stop promotions to one environment, or to all; rollbacks and approved hotfixes pass",
    async () => (await import("./commands/freeze.ts")).freeze,
  )
    .addOption(reason())
    .option("--until <time>", "ends by itself, such as 2026-12-27T08:00:00Z")
    .addOption(as());
  command("unfreeze [stack]", "end a freeze", async () => (await import("./commands/freeze.ts")).unfreeze)
    .addOption(reason())
    .addOption(as());
  command("hold <stack> [release]", "keep a release out of an environment", async () => (await import("./commands/hold.ts")).hold)
    .addOption(reason())
    .addOption(as());
  command(
    "release-hold <stack> [release]",
    "let a release in again that is held back",
    async () => (await import("./commands/hold.ts")).releaseHold,
  )
    .addOption(reason())
    .addOption(as());
  command(
    "incident <action> <stack> [id]",
    "open or close an incident in an environment",
    async () => (await import("./commands/incident.ts")).incident,
  )
    .option("--summary <text>", "what is wrong, or what it was")
    .addOption(as());
  command(
    "backups [stack]",
    "list the backups of an environment's data, and the moments it can be restored to; or take one now",
    async () => (await import("./commands/backups.ts")).backups,
  ).option("--take", "take a verified backup now");
  command(
    "restore [stack]",
    "put data back: a backup, or the data of a moment by a new database server; or do so on trial",
    async () => (await import("./commands/restore.ts")).restore,
  )
    .option("--backup <id>", "which one: its id, the beginning of it, the Job that took it, or latest")
    .option("--to <time>", "a new server with the data of that moment, such as 2026-01-15T10:00:00Z; the old one stays")
    .option("--name <server>", "with --to: the new server's name (default: the first one's, and the time)")
    .option("--back", "back to the server from before --to")
    .option("--finish", "end it: the server that does not serve is deleted")
    .option("--drill", "restore into a scratch place, look, and throw it away; what runs is not touched")
    .option("-y, --yes", "ask nothing");
  command(
    "break-glass <stack-or-confirm> [stack]",
    "open the gates in an emergency: a second person confirms with `break-glass confirm STACK`",
    async () => (await import("./commands/break-glass.ts")).breakGlass,
  )
    .addOption(reason())
    .option("--incident <id>", "the incident that it is for")
    .addOption(release())
    .addOption(as());
  command(
    "back-port [stack]",
    "say that a hotfix, or what came through broken glass, is in the environments before too, where git does not show it",
    async () => (await import("./commands/back-port.ts")).backPort,
  )
    .addOption(reason())
    .addOption(as());
}
