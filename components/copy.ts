import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration.ts";
import { copyScript } from "./copy-script.ts";
import type { CopySettings, PostgreSql } from "./database.schema.ts";
import { createIdentity } from "./identity.ts";
import { jobSpec, toolResources, toolUser } from "./job.ts";
import { labelsOf } from "./labels.ts";
import type { Settings } from "./model.ts";
import { copyPolicy } from "./network.ts";
import { joinMounts } from "./pod.ts";

export interface CopyArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
}

const hour = 3600;
/** A CronJob needs a schedule even while it is suspended: the first of January. */
const never = "0 0 1 1 *";

/**
 * Replaces the environment's data by an anonymised copy of another's. Without a schedule it is suspended, and run on demand
 * (`kubectl create job --from=cronjob/copy NAME`). The settings refuse it where data is real.
 */
export class Copy extends pulumi.ComponentResource {
  constructor(name: string, args: CopyArgs & { database: PostgreSql; copy: CopySettings }, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:database:Copy", name, {}, opts);
    const { settings, namespace, configuration, database, copy } = args;
    const application = settings.application.name;
    const source = configuration.secretFile(copy.secret);
    const target = configuration.secretFile(database.secret);
    const mounts = joinMounts(source.mounts, target.mounts);
    createIdentity({ name, application, namespace, policy: copyPolicy(name, settings, copy.cidrs), mounts }, this);
    const container = {
      name,
      image: database.tools,
      command: ["sh", "-c", copyScript, name],
      args: [source.path, target.path, JSON.stringify(copy.anonymise), JSON.stringify(copy.anonymise.length > 0 ? database.personal : [])],
    };
    const labels = labelsOf(name, application);
    const pod = { uid: toolUser, container, resources: toolResources, mounts };
    const spec = {
      schedule: copy.schedule ?? never,
      timeZone: copy.timeZone,
      suspend: copy.schedule === undefined,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: hour,
      jobTemplate: { metadata: { labels }, spec: jobSpec({ role: name, application, pod, deadline: 4 * hour, retries: 0 }) },
    };
    new k8s.batch.v1.CronJob(name, { metadata: { name, namespace, labels }, spec }, { parent: this });
    this.registerOutputs({});
  }
}

/** The environment's copy, where it has one. */
export function createCopy(args: CopyArgs, opts: pulumi.ComponentResourceOptions): Copy | undefined {
  const { database } = args.settings.application;
  const copy = args.settings.environment.database?.copy;
  return database?.kind !== "postgresql" || copy === undefined ? undefined : new Copy("copy", { ...args, database, copy }, opts);
}
