import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "../configuration.ts";
import type { PostgreSql } from "../database.schema.ts";
import { createIdentity } from "../identity.ts";
import { jobSpec, toolResources, toolUser } from "../job.ts";
import { labelsOf } from "../labels.ts";
import type { Settings } from "../model.ts";
import { databaseJobPolicy } from "../network.ts";
import { restoreCheckScript } from "./restore-check-script.ts";

export interface RestoreCheckArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
  /** Address of the server that is asked. */
  readonly host: pulumi.Input<string>;
}

/** Asks the server that a restore made, with the environment's own login and from its own network, whether it answers and what it holds. */
export class RestoreCheck extends pulumi.ComponentResource {
  constructor(name: string, args: RestoreCheckArgs & { database: PostgreSql }, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:azure:RestoreCheck", name, {}, opts);
    const { settings, namespace, configuration, database, host } = args;
    const application = settings.application.name;
    createIdentity({ name, application, namespace, policy: databaseJobPolicy(name, settings) }, this);
    const { path, mounts } = configuration.secretFile(database.secret);
    const container = {
      name,
      image: database.tools,
      command: ["sh", "-c", restoreCheckScript, name],
      env: [
        { name: "URL_FILE", value: path },
        { name: "HOST", value: host },
      ],
      terminationMessagePolicy: "FallbackToLogsOnError",
    };
    const pod = { uid: toolUser, container, resources: toolResources, mounts };
    const labels = labelsOf(name, application);
    new k8s.batch.v1.CronJob(
      name,
      {
        metadata: { name, namespace, labels },
        spec: {
          // Run by `liftlock restore` alone: suspended for ever, and a CronJob needs a schedule even so.
          suspend: true,
          schedule: "0 0 1 1 *",
          concurrencyPolicy: "Forbid",
          jobTemplate: { metadata: { labels }, spec: jobSpec({ role: name, application, pod, deadline: 20 * 60, retries: 0 }) },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/** The name under which `liftlock restore` finds it. */
export const restoreCheckName = "restore-check";

export function createRestoreCheck(
  { restored }: { restored: pulumi.Output<string> | undefined },
  args: Omit<RestoreCheckArgs, "host">,
  opts: pulumi.ComponentResourceOptions,
): void {
  const { database } = args.settings.application;
  if (restored !== undefined && database?.kind === "postgresql")
    new RestoreCheck(restoreCheckName, { ...args, database, host: restored }, opts);
}
