import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { AppliedMigration, History } from "./history.ts";

/**
 * What `liftlock restore` tells the program, for one run, under the key `restore`; no stack file has it. `stopped`: nothing may write while the data
 * is replaced (`by`: how the command that does it is finished). `restored`: the data is what it was at that backup, or on that server, with that
 * schema. `back`: the data is again that of the server before. `retire`: that server is about to be taken away.
 */
export const RestoreStage = z.discriminatedUnion("stage", [
  z.strictObject({ stage: z.literal("stopped"), backup: z.string(), by: z.string().optional() }),
  z.strictObject({ stage: z.literal("restored"), backup: z.string(), at: z.string(), schemaVersion: z.string().optional() }),
  z.strictObject({ stage: z.literal("back"), from: z.string(), backup: z.string(), at: z.string() }),
  z.strictObject({ stage: z.literal("retire"), server: z.string() }),
]);
export type RestoreStage = z.infer<typeof RestoreStage>;

export const restoreKey = "restore";

/** The history as it is with the data of that backup: schema versions that came after it have not run. */
export function afterRestore(history: History, stage: RestoreStage | undefined): History {
  const { migrations, restored } = history;
  if (stage?.stage === "back") {
    // The server before knows what it knew when it was left. Where that was never got through, nothing was left.
    const before = restored?.backup === stage.from ? restored.before : undefined;
    return { ...history, restored: { backup: stage.backup, at: stage.at }, migrations: before ?? migrations };
  }
  if (stage?.stage !== "restored") return history;
  const { backup, at, schemaVersion } = stage;
  return { ...history, restored: { backup, at, before: [...migrations] }, migrations: upTo(migrations, schemaVersion) };
}

/** The server that is about to be taken away, and so is not protected any more. */
export const retiring = (stage: RestoreStage | undefined): string | undefined => (stage?.stage === "retire" ? stage.server : undefined);

export function upTo(migrations: readonly AppliedMigration[], schemaVersion: string | undefined): readonly AppliedMigration[] {
  if (schemaVersion === undefined) return migrations;
  if (schemaVersion === "") return [];
  const index = migrations.findIndex((migration) => migration.schemaVersion === schemaVersion);
  return index < 0 ? migrations : migrations.slice(0, index + 1);
}

type Scaled = { metadata?: types.input.meta.v1.ObjectMeta; spec?: pulumi.Input<Record<string, unknown>> };

/**
 * Takes every writer of this stack away, also the team's own: no replicas, and no autoscaler brings any back (it leaves a workload alone that has none:
 * kubernetes.io, Horizontal Pod Autoscaling, implicit maintenance mode); no scheduled Job starts.
 */
export function stopWriters(): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    if (/^kubernetes:apps\/v1:(Deployment|StatefulSet)$/.test(type)) return { props: stopped(props as Scaled, { replicas: 0 }), opts };
    const { suspend } = (props.spec ?? {}) as { suspend?: unknown };
    if (type === "kubernetes:batch/v1:CronJob" && suspend !== true) return { props: stopped(props as Scaled, { suspend: true }), opts };
    return undefined;
  });
}

const stopped = ({ metadata, spec, ...rest }: Scaled, change: Record<string, unknown>) => ({
  ...rest,
  // The autoscaler owns the number of replicas of what it scales.
  metadata: {
    ...metadata,
    annotations: { ...(metadata?.annotations as Record<string, string> | undefined), "pulumi.com/patchForce": "true" },
  },
  spec: pulumi.output(spec ?? {}).apply((own) => ({ ...own, ...change })),
});
