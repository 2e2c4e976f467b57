import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { backupRole } from "./backup/job.ts";
import { type Backup, taskLabel } from "./backup.ts";
import type { Configuration } from "./configuration.ts";
import type { DatabaseDeclaration } from "./database.schema.ts";
import { type AppliedMigration, planMigration, type Restored, recordMigration } from "./history.ts";
import { createIdentity } from "./identity.ts";
import { labelsOf, own } from "./labels.ts";
import { findService, type Settings } from "./model.ts";
import { taskPolicy } from "./network.ts";
import { releaseId } from "./release.ts";
import { taskJob } from "./task.ts";

export interface MigrationArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
  readonly backup: Backup | undefined;
  readonly migrations: readonly AppliedMigration[];
  readonly restored: Restored | undefined;
}

/**
 * Brings the database to the release's schema version: a verified backup first, then the migration, each a Job that must succeed before
 * anything else of the release is touched. A version that ran here before has its Jobs kept exactly as they ran.
 */
export class Migration extends pulumi.ComponentResource {
  /** What the database is at when this is done. */
  readonly schemaVersion: string;
  /** Schema versions that ran here, this one included. */
  readonly migrations: pulumi.Output<AppliedMigration[]>;

  constructor(
    name: string,
    args: MigrationArgs & { database: DatabaseDeclaration; schemaVersion: string },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("liftlock:database:Migration", name, {}, opts);
    const { settings, namespace, configuration, backup, schemaVersion } = args;
    const task = args.database.migration!;
    const service = findService(settings.application, task.service)!;
    const application = settings.application.name;
    const mounts = configuration.mountsOf(service);
    const identity = createIdentity({ name, application, namespace, policy: taskPolicy(name, service, settings), mounts }, this);

    const plan = planMigration(args.migrations, schemaVersion);
    const key = keyOf(plan.job);
    this.schemaVersion = plan.job;
    // What ran stays as it ran, though images, configuration and secrets move on: a changed template would run it again.
    const options = { parent: this, ignoreChanges: plan.alreadyRan ? ["spec", "metadata"] : [] };
    const createJob = (role: string, spec: k8s.types.input.batch.v1.JobSpec, dependsOn: pulumi.Resource[]) => {
      const metadata = {
        name: `${role}-${key}`,
        namespace,
        labels: { ...labelsOf(role, application), [taskLabel]: role },
        annotations: rerunnable,
      };
      return new k8s.batch.v1.Job(`${role}-${key}`, { metadata, spec }, { ...options, dependsOn });
    };
    // What a restore took back runs again, though it ran before under the same name.
    const annotations = args.restored && { annotations: { [own("restored")]: args.restored.at } };
    const now = { schemaVersion: args.migrations.at(-1)?.schemaVersion ?? "", ...annotations };
    const before = backup === undefined ? [] : [createJob(backupRole, backup.beforeMigration(now), [backup])];
    const run = { role: name, settings, service, command: task.command, configuration, retries: 0, ...annotations };
    const job = createJob(name, taskJob(run), [...identity, ...before]);

    const ran = { schemaVersion, release: releaseId(settings.release) };
    this.migrations = job.metadata.name.apply(() => recordMigration(args.migrations, ran));
    this.registerOutputs({ migrations: this.migrations });
  }
}

/** A Job that failed is taken away and run again by the next update. */
export const rerunnable = { "pulumi.com/replaceUnready": "true" };

/** A schema version as part of a name; what a name cannot hold is told apart by a digest. */
export function keyOf(schemaVersion: string): string {
  const slug = schemaVersion
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40)
    .replace(/-$/, "");
  const digest = createHash("sha256").update(schemaVersion).digest("hex").slice(0, 6);
  return slug === schemaVersion ? slug : `${slug}-${digest}`;
}

/** The release's migration, where the application has one. */
export function createMigration(args: MigrationArgs, opts: pulumi.ComponentResourceOptions): Migration | undefined {
  const { database } = args.settings.application;
  const { schemaVersion } = args.settings.release;
  if (database?.migration === undefined || schemaVersion === undefined) return undefined;
  return new Migration("migrate", { ...args, database, schemaVersion }, opts);
}
