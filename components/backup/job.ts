import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "../configuration.ts";
import { dataOf, withAffinity } from "../data.ts";
import type { BackupSettings, DatabaseDeclaration } from "../database.schema.ts";
import { jobSpec, toolResources } from "../job.ts";
import { own } from "../labels.ts";
import type { Settings } from "../model.ts";
import { joinMounts, type Mounts, noMounts } from "../pod.ts";
import { backupScript } from "./backup-script.ts";
import { drillScript } from "./drill-script.ts";
import { restoreScript } from "./restore-script.ts";

export interface BackupJobs {
  readonly settings: Settings;
  readonly configuration: Configuration;
  readonly database: DatabaseDeclaration;
  readonly backup: BackupSettings;
  readonly claim: pulumi.Input<string>;
}

/** Account and network policy of all these Jobs. */
export const backupRole = "backup";
const directory = "/backups";
const hour = 3600;

const tasks = {
  backup: { script: backupScript, deadline: hour, retries: 1 },
  drill: { script: drillScript, deadline: 4 * hour, retries: 0 },
  restore: { script: restoreScript, deadline: 4 * hour, retries: 3 },
} as const;
export type BackupTask = keyof typeof tasks;

export interface Run {
  /** Schema version that the database has while it runs. */
  readonly schemaVersion: string;
  readonly reason: "release" | "schedule";
  readonly annotations?: Record<string, string>;
}

/** A Job that takes a backup, restores one, or restores one on trial. Its last word, in JSON, is its container's termination message. */
export function backupJob(task: BackupTask, jobs: BackupJobs, run: Run): types.input.batch.v1.JobSpec {
  const { settings, configuration, database, backup, claim } = jobs;
  const { script, deadline, retries } = tasks[task];
  const data = dataOf(database, settings, configuration);
  const env = {
    ...data.env,
    BACKUPS: directory,
    RELEASE: settings.release.version,
    SCHEMA: run.schemaVersion,
    REASON: run.reason,
    ...(task === "drill" && data.env.URL_FILE !== undefined ? { URL_FILE: "/dev/null" } : {}),
    ...(task === "backup" ? { KEEP_DAYS: String(backup.keepDays) } : { BACKUP: task === "drill" ? "latest" : "" }),
  };
  const container = {
    name: backupRole,
    image: database.tools,
    command: ["sh", "-c", script, task],
    env: [
      ...Object.entries(env).map(([name, value]) => ({ name, value })),
      { name: "JOB", valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } },
    ],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
  const store: Mounts = {
    volumes: [{ name: "backups", persistentVolumeClaim: { claimName: claim } }],
    volumeMounts: [{ name: "backups", mountPath: directory }],
    envFrom: [],
  };
  const serves = task === "drill" && database.kind === "postgresql";
  // On trial nothing of what runs is needed, nor reachable.
  const mounts = task === "drill" ? joinMounts(store, serves ? passwd : noMounts) : joinMounts(data.mounts, store);
  const annotations = { ...run.annotations, ...(serves ? { [passwdAnnotation]: `tool:x:${data.uid}:${data.uid}::/tmp:/bin/sh` } : {}) };
  const spec = jobSpec({
    role: backupRole,
    application: settings.application.name,
    pod: { uid: data.uid, container, resources: toolResources, mounts },
    deadline,
    retries,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  });
  // A script that says no is not asked again; a node that dies is no answer.
  const refuses = { rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [1] } }] };
  const judged = task === "restore" ? { ...spec, podFailurePolicy: refuses } : spec;
  return data.beside === undefined || task === "drill" ? judged : withAffinity(judged, data.beside);
}

/** PostgreSQL's server wants its user to have a name; images know only users of their own. */
const passwdAnnotation = own("passwd");
const passwd: Mounts = {
  volumes: [
    {
      name: "passwd",
      downwardAPI: { items: [{ path: "passwd", fieldRef: { fieldPath: `metadata.annotations['${passwdAnnotation}']` } }] },
    },
  ],
  volumeMounts: [{ name: "passwd", mountPath: "/etc/passwd", subPath: "passwd", readOnly: true }],
  envFrom: [],
};
