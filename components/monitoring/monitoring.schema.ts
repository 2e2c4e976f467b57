import { z } from "zod";
import { ConfigKey, Duration, KubernetesName, Percent, ShortName } from "../primitives.ts";

const Seconds = z.number().positive({ error: "must be above 0" }).max(600, { error: "must be at most 600 seconds" });
const Share = z.number().positive({ error: "must be above 0" }).max(100, { error: "must be at most 100" });
const Objective = z
  .number()
  .min(93.1, { error: "must be 93.1 or more: of a larger error budget nothing can burn 14.4 times" })
  .max(99.999, { error: "must be at most 99.999: an objective of 100 % leaves no budget to burn" });

/** What is too much. Left out: no such alert. */
export const AlertSettings = z.strictObject({
  errors: Share.optional().describe("Per cent of the requests that fail (5xx)"),
  errorsPerMinute: z.number().positive().optional().describe("Errors that the application records, a minute"),
  latency: Seconds.optional().describe("Seconds that 95 of 100 requests stay below"),
  queries: Seconds.optional().describe("Seconds that 95 of 100 database queries stay below"),
  restarts: z.int().min(1).optional().describe("Restarts of a pod within an hour"),
  cpu: Percent.min(1).optional().describe("Per cent of a container's limit"),
  memory: Percent.min(1).optional().describe("Per cent of a container's limit"),
  memoryMegabytes: z.number().positive().optional().describe("Megabytes (10^6 bytes) of a pod"),
  down: Duration.optional().describe("How long the health check may fail"),
  hold: Duration.default("5m").describe("How long anything else must be too much before it is said"),
});
export type AlertSettings = z.infer<typeof AlertSettings>;

/** What is promised over 30 days: tighter than the alerts. Said when the budget burns too fast. */
export const ObjectiveSettings = z.strictObject({
  requests: Objective.optional().describe("Per cent of the requests that succeed"),
  latency: z.strictObject({ percent: Objective, seconds: Seconds }).optional().describe("Per cent of the requests that take no longer"),
  availability: Objective.optional().describe("Per cent of the health checks that succeed"),
});
export type ObjectiveSettings = z.infer<typeof ObjectiveSettings>;

const severity = z.enum(["critical", "warning"], { error: "must be critical or warning" });
const common = { least: severity.default("warning").describe("critical: hears of nothing less") };
const Receiver = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("email"),
      roles: z.array(ShortName).default([]).describe("People of these roles (promotion.roles) that have an address"),
      to: z.array(z.email({ error: "must be an e-mail address" })).default([]),
      ...common,
    }),
    z.strictObject({ kind: z.literal("slack"), secret: ConfigKey.describe("Secret key with the incoming webhook's address"), ...common }),
    z.strictObject({ kind: z.literal("webhook"), secret: ConfigKey.describe("Secret key with the address"), ...common }),
  ],
  { error: "must have kind: email, slack or webhook" },
);
export type AlertReceiver = z.infer<typeof Receiver>;

const Prober = z.strictObject({
  address: z
    .string()
    .regex(/^[a-z0-9.-]+:\d+$/, { error: "must be host and port, such as blackbox.example.net:9115" })
    .describe("A blackbox exporter outside this cluster: one in it is down when the cluster is"),
  module: z.string().min(1).default("liftlock_health").describe("Its module: docs/how-to/watch-an-environment.md has it"),
  every: z
    .enum(["15s", "30s", "1m", "2m"], { error: "must be one of 15s, 30s, 1m, 2m: Prometheus forgets a sample after 5 minutes" })
    .default("1m"),
});

/** Prometheus with its operator in the cluster (https://prometheus-operator.dev). */
const Prometheus = z.strictObject({
  namespace: KubernetesName.default("monitoring").describe("Where Prometheus runs: the only namespace that may read the metrics"),
  labels: z
    .record(z.string(), z.string())
    .default({})
    .describe("Labels that the operator's selectors ask for, such as release: prometheus"),
  prober: Prober.optional(),
  receivers: z.boolean().default(true).describe("An AlertmanagerConfig for the receivers; off where others route alerts"),
});

const ArmId = z.string().regex(/^\/subscriptions\/.+\/providers\/.+/, { error: "must be a resource's id: /subscriptions/…/providers/…" });
/** Azure Monitor: managed Prometheus, availability tests. */
const Azure = z.strictObject({
  resourceGroup: z.string().min(1).optional().describe("Left out, as all of these: that of environment.azure.platform"),
  location: z.string().min(1).optional().describe("Such as westeurope"),
  workspace: ArmId.optional().describe("The Azure Monitor workspace that the cluster's metrics go to"),
  cluster: z.string().min(1).optional().describe("Name of the cluster, where several write to the workspace"),
  insights: ArmId.optional().describe("The Application Insights component that the web test belongs to"),
  scrape: z
    .boolean()
    .optional()
    .describe("The cluster's agent reads application.monitoring.scrape; left out, where cluster and workspace are the platform's"),
  webTest: z
    .boolean()
    .default(true)
    .describe("Azure asks application.monitoring.health from outside, where there is an Application Insights component"),
  from: z
    .array(z.string().min(1))
    .min(2, { error: "must name two places: one alone may be cut off itself" })
    .default(["emea-nl-ams-azr", "emea-gb-db3-azr", "emea-fr-pra-edge", "us-va-ash-azr", "apac-sg-sin-azr"])
    .describe("Where the web test asks from (Azure's names of its test locations)"),
});
export type AzureMonitoring = z.infer<typeof Azure>;

/** `environment.monitoring`: what is watched here, by whom, and what is too much. Left out: nothing. */
export const MonitoringSettings = z
  .strictObject({
    prometheus: Prometheus.optional(),
    azure: Azure.optional(),
    alerts: AlertSettings.optional(),
    objectives: ObjectiveSettings.prefault({}),
    receivers: z.array(Receiver).default([]).describe("Who is told of alerts"),
    runbook: z.url({ error: "must be an address" }).optional().describe("What to do, linked from every alert"),
  })
  .refine(({ prometheus, azure }) => prometheus !== undefined || azure !== undefined, {
    error: "must name prometheus, azure or both: somebody has to watch",
  });
export type MonitoringSettings = z.infer<typeof MonitoringSettings>;
