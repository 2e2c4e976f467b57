import { z } from "zod";
import { Duration, Percent, ServiceName, ShortName } from "../primitives.ts";

/** How a new release takes over from the one that runs. */
const keep = Duration.default("10m").describe("How long the colour that was left keeps running: going back to it takes seconds");
const suites = z
  .array(ShortName)
  .default([])
  .describe("Suites of application.suites that must pass against the new colour before it gets traffic, beside the smoke test");

const CommandCheck = z.strictObject({
  kind: z.literal("command"),
  command: z
    .array(z.string().min(1))
    .min(1, { error: "must name a program" })
    .describe("Run where liftlock runs, in the project's folder; any exit code but 0 ends the rollout"),
  timeout: Duration.default("1m"),
});

const MetricCheck = z.strictObject({
  kind: z.literal("metric"),
  url: z
    .url({
      protocol: /^https?$/,
      error: "must be the address of a server with Prometheus' HTTP API, such as https://prometheus.example.com",
    })
    .describe("Server with Prometheus' HTTP API"),
  query: z
    .string()
    .min(1)
    .describe("PromQL. $service, $colour, $namespace and $workload (its Deployment) stand for those of the new colour"),
  max: z.number().optional().describe("Every sample must be at most this"),
  min: z.number().optional().describe("Every sample must be at least this"),
  token: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, { error: "must be the name of an environment variable, such as PROMETHEUS_TOKEN" })
    .optional()
    .describe("Environment variable with a bearer token"),
  timeout: Duration.default("10s"),
});

const Check = z.discriminatedUnion("kind", [CommandCheck, MetricCheck], { error: "must be one of command, metric" });
export type CheckSettings = z.infer<typeof Check>;

const Rolling = z.strictObject({ kind: z.literal("rolling") });
const BlueGreen = z.strictObject({ kind: z.literal("blueGreen"), keep, suites });
const Canary = z.strictObject({
  kind: z.literal("canary"),
  steps: z
    .array(Percent.min(1, { error: "must be 1 or more" }))
    .min(1, { error: "must name a share" })
    .default([10, 25, 50, 100])
    .describe("Share of the traffic that the new colour gets, step by step, in per cent"),
  pause: Duration.default("5m").describe("How long each share lasts before it is checked"),
  checks: z.array(Check).default([]).describe("Asked after every pause; a check that fails, or has no answer, ends the rollout"),
  keep,
  suites,
});

/** `strategy` of a service in an environment. */
export const StrategySettings = z.discriminatedUnion("kind", [Rolling, BlueGreen, Canary], {
  error: "must be one of rolling, blueGreen, canary",
});
export type StrategySettings = z.infer<typeof StrategySettings>;
export type CanarySettings = z.infer<typeof Canary>;

export const Colour = z.enum(["blue", "green"], { error: "must be blue or green" });
export type Colour = z.infer<typeof Colour>;

const replicas = z
  .int()
  .min(1)
  .describe("Replicas below which its autoscaler does not go: what the other colour ran when this was written");
const release = z.string().min(1);

const Other = z.discriminatedUnion(
  "role",
  [
    z.strictObject({
      role: z.literal("candidate").describe("Runs the release of this file; the active colour stays exactly as it is"),
      release,
      weight: Percent.default(0).describe("Its share of the traffic"),
      replicas,
    }),
    z.strictObject({
      role: z.literal("kept").describe("Was left, and stays exactly as it is; the active colour runs the release of this file"),
      release,
      replicas,
      until: z.iso.datetime({ error: "must be a time such as 2026-11-03T10:00:00Z" }),
    }),
  ],
  { error: "must be one of candidate, kept" },
);

/** `rollout` in Pulumi.<stack>.yaml: where each service with two colours stands. Written by liftlock. */
export const RolloutSettings = z.record(
  ServiceName,
  z.strictObject({
    active: Colour.describe("The colour that serves"),
    other: Other.optional().describe("The other one, while there is one"),
  }),
);
export type RolloutSettings = z.infer<typeof RolloutSettings>;
export type Position = RolloutSettings[string];
