import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type BackupJobs, type BackupTask, backupJob, backupRole, type Run } from "./backup/job.ts";
import type { Configuration } from "./configuration.ts";
import { dataOf } from "./data.ts";
import type { BackupSettings, DatabaseDeclaration } from "./database.schema.ts";
import { createIdentity } from "./identity.ts";
import { labelsOf, own } from "./labels.ts";
import type { Settings } from "./model.ts";
import { databaseJobPolicy } from "./network.ts";
import { claimSpec, unawaited } from "./stateful.ts";

export interface BackupArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
}
type Declared = BackupArgs & { database: DatabaseDeclaration; backup: BackupSettings };

const hour = 3600;
/** A CronJob needs a schedule even while it is suspended: the first of January. */
const never = "0 0 1 1 *";

/**
 * Where the data's backups are kept: a volume that outlives releases and cannot be destroyed where the environment is protected. Every backup is read
 * back in full before it counts; one that cannot be restored fails its Job. The release takes one, by the same means, before it migrates.
 */
export class Backup extends pulumi.ComponentResource {
  readonly jobs: BackupJobs;
  readonly namespace: pulumi.Input<string>;

  constructor(name: string, args: Declared, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:database:Backup", name, {}, opts);
    const { settings, namespace, configuration, database, backup } = args;
    const { application, environment } = settings;
    const { mounts } = dataOf(database, settings, configuration);
    createIdentity({ name, application: application.name, namespace, policy: databaseJobPolicy(name, settings), mounts }, this);
    const metadata = { name: "backups", namespace, labels: labelsOf(name, application.name), annotations: unawaited };
    const volume = new k8s.core.v1.PersistentVolumeClaim(
      name,
      { metadata, spec: claimSpec(backup.size, environment.storageClass) },
      { parent: this, protect: environment.protect },
    );
    this.namespace = namespace;
    this.jobs = { settings, configuration, database, backup, claim: volume.metadata.name };
    this.registerOutputs({});
  }

  /** Specification of the Job that takes the release's own backup. */
  beforeMigration = (run: Omit<Run, "reason">): k8s.types.input.batch.v1.JobSpec =>
    backupJob("backup", this.jobs, { ...run, reason: "release" });
}

/**
 * Backups on schedule, restores on trial, and the restore itself, which is suspended for ever and run by `liftlock restore`. They come after the
 * migration: what they write down of the schema is then so.
 */
export class BackupSchedules extends pulumi.ComponentResource {
  constructor(name: string, backup: Backup, schemaVersion: string, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:database:BackupSchedules", name, {}, opts);
    const { settings, backup: declared } = backup.jobs;
    const { namespace } = backup;
    const create = (task: BackupTask, at: { schedule: string; timeZone: string } | undefined) => {
      const labels = labelsOf(backupRole, settings.application.name);
      const spec = {
        schedule: at?.schedule ?? never,
        timeZone: at?.timeZone ?? declared.timeZone,
        ...(at === undefined ? { suspend: true } : {}),
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: hour,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: { ...labels, [taskLabel]: task } },
          spec: backupJob(task, backup.jobs, { schemaVersion, reason: "schedule" }),
        },
      };
      new k8s.batch.v1.CronJob(task, { metadata: { name: task, namespace, labels }, spec }, { parent: this });
    };
    create("backup", declared);
    create("drill", declared.drill);
    create("restore", undefined);
    this.registerOutputs({});
  }
}

/** Tells Jobs that take a backup from those that restore one. */
export const taskLabel = own("task");

/** The environment's backups, where it has any. */
export function createBackup(args: BackupArgs, opts: pulumi.ComponentResourceOptions): Backup | undefined {
  const database = args.settings.application.database;
  const backup = args.settings.environment.database?.backup;
  return database === undefined || backup === undefined ? undefined : new Backup("backup", { ...args, database, backup }, opts);
}
