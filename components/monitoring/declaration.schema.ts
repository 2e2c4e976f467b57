import { z } from "zod";
import { Duration, ServiceName, UrlPath } from "../primitives.ts";

const MetricName = z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, {
  error: "must be a metric's name, such as http_requests_total",
});
const LabelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: "must be a label's name, such as status" });
const LabelValue = z.string().regex(/^[A-Za-z0-9_.-]{1,60}$/, { error: "must be a label's value, such as openai" });

/** Under which names the application exposes what is watched. Names after Prometheus' own conventions: https://prometheus.io/docs/practices/naming/ */
export const MetricNames = z.strictObject({
  requests: MetricName.default("http_requests_total").describe("Counter of answered requests"),
  status: LabelName.default("status").describe("Its label with the HTTP status code"),
  duration: MetricName.default("http_request_duration_seconds").describe(
    "Histogram of how long requests took, with a bucket at every limit of environment.monitoring",
  ),
  errors: MetricName.default("errors_total").describe("Counter of errors that the application recorded, wherever they happened"),
  queries: MetricName.default("database_query_duration_seconds").describe("Histogram of how long database queries took"),
  activeUsers: MetricName.default("active_users").describe("Gauge of users that are active, one series a pod"),
  features: MetricName.default("feature_usage_total").describe("Counter of uses of features"),
  feature: LabelName.default("feature").describe("Its label with the feature"),
  apiCalls: MetricName.default("external_api_calls_total").describe("Counter of calls to the APIs of others"),
  api: LabelName.default("api").describe("Its label with the API"),
});
export type MetricNames = z.infer<typeof MetricNames>;

const Scrape = z.strictObject({
  services: z.array(ServiceName).min(1, { error: "must name a service" }),
  path: UrlPath.default("/metrics"),
  every: Duration.default("30s"),
});

const Health = z.strictObject({
  service: ServiceName.describe("Whose host is asked"),
  path: UrlPath.describe("As seen from outside, such as /health"),
  refuse: z.string().min(1).max(100).default("error").describe("The answer's body must not contain this word (any case)"),
  slow: z.number().positive().max(60).default(5).describe("Seconds that an answer may take"),
});
export type Health = z.infer<typeof Health>;

/** `application.monitoring`: what the application can be watched by. Environments say what is too much (environment.monitoring). */
export const MonitoringDeclaration = z.strictObject({
  scrape: Scrape.optional().describe("Which services expose metrics, and where"),
  metrics: MetricNames.prefault({}),
  health: Health.optional().describe("What is asked from outside, again and again"),
  usage: z
    .strictObject({
      activeUsers: z.boolean().default(false),
      features: z.boolean().default(false),
      apis: z.array(LabelValue).default([]).describe("APIs of others whose calls are counted, such as openai"),
    })
    .prefault({})
    .describe("What is recorded and drawn beside errors and durations"),
});
export type MonitoringDeclaration = z.infer<typeof MonitoringDeclaration>;
