import type { Context } from "../context.ts";
import type { PendingMigration } from "../promotion/migrations.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { listed } from "../report/text.ts";
import { databaseOf } from "../restore/server/lineage.ts";
import type { RollbackClass } from "./class.ts";
import type { Deployment } from "./deployments.ts";

/** What a person does when the database stands between them and the release before: each line works as it stands. */
export function restoreLines(
  { command, options }: Pick<Context, "command" | "options">,
  {
    stack,
    project,
    previous,
    backup,
    migratedAt,
    paused = [],
  }: {
    stack: string;
    project: string;
    previous: Deployment;
    backup: string | undefined;
    /** When the run began that migrated, ISO 8601. */
    migratedAt?: string | undefined;
    paused?: readonly string[];
  },
): string[] {
  const flags = repeatedFlags(options);
  // A server of its own goes back to the very moment, by a new server: nothing is lost but what was written since.
  const byServer = databaseOf(previous.configuration, project).kind === "own";
  const moment =
    migratedAt === undefined ? "TIME" : `${new Date(Math.floor(Date.parse(migratedAt) / 1000) * 1000).toISOString().slice(0, 19)}Z`;
  return [
    paused.length === 0
      ? "The pods that ran before are kept and serve on; the new ones get no traffic until they are ready."
      : `The rollout of ${listed(paused)} is paused: the pods that ran before serve on, and no new ones follow.`,
    `Forward: write a release that mends it into Pulumi.${stack}.yaml; its \`${command} up ${stack}${flags}\` lets the rollout go on.`,
    "Back, with the data of the moment before the migration (what was written since is lost):",
    `  ${command} restore ${stack} --backup ${backup ?? "ID"}${flags}`,
    ...(byServer
      ? [`  ${command} restore ${stack} --to ${moment}${flags}   (instead: by a new server, with all that was written until then)`]
      : []),
    `  ${command} rollback ${stack} --to ${previous.id} --schema-restored${flags}`,
  ];
}

/** The way back and the migrations of a release, as a promotion shows them before anything changes. */
export function classLines(coupled: RollbackClass, back: string, pending: readonly PendingMigration[]): string[] {
  const migrations =
    pending.length === 0
      ? "migrations: none"
      : `migrations: ${pending.map(({ name, kind }) => `${name} (${kind === "unknown" ? "not said whether older releases survive it" : kind})`).join(", ")}`;
  const means = {
    safe: "put back by itself if it fails",
    "config-coupled": "put back by itself if it fails, with its configuration",
    "schema-coupled": "NOT put back by itself: a failure freezes, and going back needs a restore",
  }[coupled.class];
  return [`way back to ${back}: ${coupled.class}, ${means}`, ...coupled.reasons.map((reason) => `  ${reason}`), migrations];
}
