import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration.ts";
import type { BackupSettings, DatabaseDeclaration } from "./database.schema.ts";
import { createIdentity } from "./identity.ts";
import { jobSpec, toolResources, toolUser } from "./job.ts";
import { labelsOf } from "./labels.ts";
import type { Settings } from "./model.ts";
import { databaseJobPolicy } from "./network.ts";
import { joinMounts } from "./pod.ts";
import { backupScript } from "./scripts.ts";
import { claimSpec, unawaited } from "./stateful.ts";

export interface BackupArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
}

const directory = "/backups";
const hour = 3600;

/**
 * The database's backups: a volume that outlives releases, and a schedule. Every dump is read back in full before it counts; one that
 * cannot be restored fails its Job. The release takes one more, by the same means, before it migrates.
 */
export class Backup extends pulumi.ComponentResource {
  /** Specification of a Job that takes one backup now. */
  readonly job: k8s.types.input.batch.v1.JobSpec;

  constructor(
    name: string,
    args: BackupArgs & { database: DatabaseDeclaration; backup: BackupSettings },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("liftlock:database:Backup", name, {}, opts);
    const { settings, namespace, backup } = args;
    const { application, environment } = settings;
    const metadata = { name, namespace, labels: labelsOf(name, application.name) };
    createIdentity({ name, application: application.name, namespace, policy: databaseJobPolicy(name, settings) }, this);
    const volume = new k8s.core.v1.PersistentVolumeClaim(
      name,
      { metadata: { ...metadata, name: "backups", annotations: unawaited }, spec: claimSpec(backup.size) },
      { parent: this, protect: environment.protect },
    );
    this.job = backupJob(name, args, volume);
    const schedule = {
      schedule: backup.schedule,
      timeZone: backup.timeZone,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: hour,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { metadata: { labels: metadata.labels }, spec: this.job },
    };
    new k8s.batch.v1.CronJob(name, { metadata, spec: schedule }, { parent: this });
    this.registerOutputs({});
  }
}

function backupJob(
  role: string,
  { settings, configuration, database, backup }: BackupArgs & { database: DatabaseDeclaration; backup: BackupSettings },
  claim: k8s.core.v1.PersistentVolumeClaim,
): k8s.types.input.batch.v1.JobSpec {
  const url = configuration.secretFile(database.secret);
  const volume = {
    volumes: [{ name: "backups", persistentVolumeClaim: { claimName: claim.metadata.name } }],
    volumeMounts: [{ name: "backups", mountPath: directory }],
    envFrom: [],
  };
  const container = {
    name: role,
    image: database.tools,
    command: ["sh", "-c", backupScript, role],
    args: [url.path, directory, String(backup.keepDays)],
  };
  const pod = { uid: toolUser, container, resources: toolResources, mounts: joinMounts(url.mounts, volume) };
  return jobSpec({ role, application: settings.application.name, pod, deadline: hour, retries: 1 });
}

/** The environment's backups, where it has any. */
export function createBackup(args: BackupArgs, opts: pulumi.ComponentResourceOptions): Backup | undefined {
  const database = args.settings.application.database;
  const backup = args.settings.environment.database?.backup;
  return database === undefined || backup === undefined ? undefined : new Backup("backup", { ...args, database, backup }, opts);
}
