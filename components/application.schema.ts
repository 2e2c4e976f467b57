import { z } from "zod";
import { ConfigSets, FlagDeclarations, SecretSets } from "./configuration.schema.ts";
import { DatabaseDeclaration } from "./database.schema.ts";
import { DifferenceSettings, DriftSettings } from "./drift.schema.ts";
import { PromotionSettings } from "./gates.schema.ts";
import { RepositorySettings } from "./github/repository.schema.ts";
import { MetricSettings } from "./metrics.schema.ts";
import { MonitoringDeclaration } from "./monitoring/declaration.schema.ts";
import { NotificationSettings } from "./notifications.schema.ts";
import { PolicySettings } from "./policy.schema.ts";
import { Duration, KubernetesName, PinnedImage, ServiceName, UrlPath } from "./primitives.ts";
import { Suites } from "./strategy/suite.schema.ts";
import { ServiceSettings } from "./workload.schema.ts";

const SmokeCheck = z.strictObject({
  service: ServiceName,
  path: UrlPath,
  refuse: z.string().min(1).default("error").describe("The answer's body must not contain this word (any case)"),
});

/** After every rollout a Job asks these; an answer other than 2xx, or a body that speaks of an error, fails the release. */
export const SmokeSettings = z.strictObject({
  image: PinnedImage.describe("Image with sh and curl"),
  checks: z.array(SmokeCheck).min(1),
  timeout: Duration.default("2m"),
});
export type SmokeSettings = z.infer<typeof SmokeSettings>;

/** `application` in Pulumi.yaml: what is the same in every environment. */
export const ApplicationSettings = z.strictObject({
  name: KubernetesName,
  promotion: PromotionSettings,
  services: z.array(ServiceSettings).min(1, { error: "must declare at least one service" }),
  config: ConfigSets,
  secrets: SecretSets,
  flags: FlagDeclarations,
  database: DatabaseDeclaration.optional(),
  repository: RepositorySettings.optional(),
  smoke: SmokeSettings.optional(),
  suites: Suites.describe("Tests that a new colour must pass before it gets traffic"),
  metrics: MetricSettings.prefault({}),
  drift: DriftSettings.prefault({}),
  differences: DifferenceSettings.prefault({}),
  notifications: NotificationSettings.prefault({}),
  policy: PolicySettings.prefault({}),
  monitoring: MonitoringDeclaration.optional().describe(
    "What the application can be watched by; with it, every service is told its environment and release (SENTRY_*, OTEL_*)",
  ),
});
export type ApplicationSettings = z.infer<typeof ApplicationSettings>;
