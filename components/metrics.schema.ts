import { z } from "zod";
import { Duration, StackName } from "./primitives.ts";

const PercentOf = z.number().min(0, { error: "must be 0 or more" }).max(100, { error: "must be at most 100" });

/** What a team wants its deliveries to reach. A target left out is only reported. */
export const MetricTargets = z.strictObject({
  deploymentsPerWeek: z.number().positive({ error: "must be above 0" }).optional().describe("At least this many releases a week"),
  leadTime: Duration.optional().describe("At most this long from a commit to its release being live (median)"),
  changeFailureRate: PercentOf.optional().describe("At most this many per cent of the releases fail, are taken back or need a hotfix"),
  timeToRestore: Duration.optional().describe("At most this long from a failure to its end (mean)"),
  deploymentSuccess: PercentOf.optional().describe("At least this many per cent of the runs succeed"),
  uptime: PercentOf.optional().describe("At least this many per cent of the time without a failure or an incident"),
});
export type MetricTargets = z.infer<typeof MetricTargets>;

/** `application.metrics`: what `liftlock metrics` measures, and against which targets. */
export const MetricSettings = z.strictObject({
  stack: StackName.optional().describe("Environment that is measured; left out, the last one of the path"),
  window: Duration.default("30d").describe("How far back"),
  targets: MetricTargets.prefault({}),
});
export type MetricSettings = z.infer<typeof MetricSettings>;
