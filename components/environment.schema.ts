import { z } from "zod";
import { AccessSettings, GatewaySettings } from "./access.schema.ts";
import { EnvironmentAzure } from "./azure/environment.schema.ts";
import { ConfigValue, FlagValue } from "./configuration.schema.ts";
import { DatabaseSettings } from "./database.schema.ts";
import { EnvironmentGithub } from "./github/environment.schema.ts";
import { MonitoringSettings } from "./monitoring/monitoring.schema.ts";
import { ConfigKey, FlagName, Host, KubernetesMinor, KubernetesName, ServiceName, ShortName } from "./primitives.ts";
import { ScaleSettings, ServiceOverrides } from "./workload.schema.ts";

/** Which cluster, and how the program finds it in the kubeconfig. */
const ClusterSettings = z.strictObject({
  identifier: z.string().min(1).describe("Stays the same when the kubeconfig's server or proxy changes, so that nothing is replaced"),
  context: z.string().min(1).optional().describe("kubeconfig context; left out, the current one"),
  version: KubernetesMinor.describe("Pod Security standards are applied as of this version"),
});

/** `environment` in Pulumi.<stack>.yaml: what differs from one environment to the next. */
export const EnvironmentSettings = z.strictObject({
  namespace: KubernetesName,
  host: Host,
  cluster: ClusterSettings,
  gateway: GatewaySettings,
  access: AccessSettings.prefault({}).describe("Who reaches the environment from outside"),
  protect: z.boolean().default(true).describe("The namespace and what holds data cannot be destroyed or replaced"),
  defaults: ScaleSettings.prefault({}).describe("Replicas and resources of every service that has none of its own"),
  services: z.record(ServiceName, ServiceOverrides).default({}),
  config: z.record(ShortName, z.record(ConfigKey, ConfigValue)).default({}).describe("Values, by set and key"),
  flags: z.record(FlagName, FlagValue).default({}),
  database: DatabaseSettings.optional(),
  storageClass: KubernetesName.optional().describe(
    "Storage class of every volume; left out, the cluster's default. One with reclaim policy Retain keeps real data when its claim is deleted",
  ),
  monitoring: MonitoringSettings.optional().describe("Alerts, objectives and who is told; left out, nothing is watched"),
  azure: EnvironmentAzure.optional().describe("What it has in Azure; its cluster is then the platform's"),
  github: EnvironmentGithub.optional().describe("What the environment has on GitHub; needs application.repository"),
});
export type EnvironmentSettings = z.infer<typeof EnvironmentSettings>;
