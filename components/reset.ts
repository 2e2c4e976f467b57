import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration.ts";
import { createIdentity } from "./identity.ts";
import { labelsOf } from "./labels.ts";
import { findService, type Settings } from "./model.ts";
import { taskPolicy } from "./network.ts";
import { taskJob } from "./task.ts";

export interface ResetArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
}

/** Puts the database back to its synthetic data on a schedule. The settings refuse it where data is real. */
export class Reset extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespace, configuration }: ResetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:database:Reset", name, {}, opts);
    const task = settings.application.database!.reset!;
    const { schedule, timeZone } = settings.environment.database!.reset!;
    const application = settings.application.name;
    const service = findService(settings.application, task.service)!;
    const mounts = configuration.mountsOf(service);
    createIdentity({ name, application, namespace, policy: taskPolicy(name, service, settings), mounts }, this);
    const labels = labelsOf(name, application);
    const spec = {
      schedule,
      timeZone,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
      jobTemplate: {
        metadata: { labels },
        spec: taskJob({ role: name, settings, service, command: task.command, configuration, retries: 0 }),
      },
    };
    new k8s.batch.v1.CronJob(name, { metadata: { name, namespace, labels }, spec }, { parent: this });
    this.registerOutputs({});
  }
}

/** The environment's reset, where it schedules one. */
export const createReset = (args: ResetArgs, opts: pulumi.ComponentResourceOptions): Reset | undefined =>
  args.settings.application.database?.reset === undefined || args.settings.environment.database?.reset === undefined
    ? undefined
    : new Reset("reset", args, opts);
