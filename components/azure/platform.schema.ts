import { z } from "zod";
import { Cidr, KubernetesMinor } from "../primitives.ts";
import { AzurePostgreSql } from "./database.schema.ts";
import {
  Budget,
  ClusterName,
  EarlierTypes,
  GrafanaName,
  Location,
  PoolName,
  RegistryName,
  ResourceGroupName,
  Tier,
  Uuid,
  VmSize,
  Window,
  WorkspaceName,
  Zone,
} from "./primitives.ts";

const Registry = z.strictObject({
  name: RegistryName,
  publicAccess: z
    .boolean()
    .default(false)
    .describe("Images can be pushed and pulled from the internet, by who may log in; else only from the network (needs the SKU Premium)"),
  sku: z.enum(["Basic", "Standard", "Premium"], { error: "must be Basic, Standard or Premium" }).default("Premium"),
});

const nodes = { size: VmSize.optional(), min: z.int().min(0), max: z.int().min(1).max(1000) };
const Pool = z.strictObject({
  ...nodes,
  min: nodes.min.default(0),
  max: nodes.max.default(3),
  taints: z
    .array(
      z
        .string()
        .regex(/^[^=:]+=[^:]*:(NoSchedule|PreferNoSchedule|NoExecute)$/, { error: "must be a taint, such as kind=batch:NoSchedule" }),
    )
    .default([]),
  labels: z.record(z.string(), z.string()).default({}),
  spot: z.boolean().default(false).describe("Cheap machines that Azure may take away at any moment"),
});

const Cluster = z.strictObject({
  name: ClusterName,
  version: KubernetesMinor,
  private: z.boolean().default(false).describe("Its API server is reached from the network alone; cannot be changed later"),
  authorizedRanges: z
    .array(Cidr)
    .max(200, { error: "must be at most 200" })
    .default([])
    .describe("Who reaches a public API server; none named: everybody, with a login"),
  administrators: z.array(Uuid).default([]).describe("Entra groups whose members may do everything in the cluster"),
  zones: z.array(Zone).default(["1", "2", "3"]),
  system: z.strictObject({ ...nodes, min: nodes.min.min(1).default(2), max: nodes.max.default(5) }).prefault({}),
  pools: z.record(PoolName, Pool).default({}).describe("Node pools for workloads, scaled by demand"),
  upgrades: z
    .strictObject({
      kubernetes: z.enum(["none", "patch", "stable", "rapid"]).default("patch"),
      nodes: z.enum(["None", "Unmanaged", "SecurityPatch", "NodeImage"]).default("NodeImage"),
    })
    .prefault({}),
  maintenance: Window.extend({
    hours: z.int().min(4, { error: "must be from 4 to 24" }).max(24, { error: "must be from 4 to 24" }).default(4),
  }).default({ day: "Sunday", hour: 2, hours: 4 }),
  from: z.iso
    .date({ error: "must be a date, such as 2026-12-01" })
    .default("2026-01-01")
    .describe("First day on which maintenance may happen; stays what it is"),
});

const Network = z.strictObject({
  range: z.cidrv4({ error: "must be an address range such as 10.40.0.0/16" }).default("10.40.0.0/16"),
  nodes: z.cidrv4().default("10.40.128.0/20").describe("Part of the range for the cluster's nodes; pods have addresses of their own"),
  endpoints: z.cidrv4().default("10.40.144.0/24").describe("Part of the range for vaults, caches and the registry"),
});

/** `platform.azure`: the Azure that environments share. Names cannot be changed later without making things anew. */
export const PlatformAzure = z.strictObject({
  subscription: Uuid.optional().describe("Left out: the one that is logged in to"),
  location: Location,
  resourceGroup: ResourceGroupName,
  lock: z.boolean().default(true).describe("Nothing in the resource group can be deleted, by nobody, until this lock is"),
  tier: Tier.default("medium"),
  tags: z.record(z.string().min(1).max(512), z.string().max(256)).default({}),
  network: Network.prefault({}),
  registry: Registry.optional(),
  cluster: Cluster.optional(),
  database: AzurePostgreSql.omit({ password: true })
    .extend({ subnet: z.cidrv4().describe("Part of the range that is its alone, /28 or larger") })
    .optional()
    .describe("A server on which environments have databases; never for real data"),
  monitoring: z
    .strictObject({
      name: WorkspaceName,
      retentionDays: z
        .int()
        .min(30, { error: "must be from 30 to 730" })
        .max(730, { error: "must be from 30 to 730" })
        .optional()
        .describe("Of logs; left out: as the tier is, 30, 90 or 180"),
      logs: z.boolean().default(true).describe("Logs of containers and of the control plane, and Application Insights over them"),
      metrics: z.boolean().default(true).describe("Managed Prometheus"),
      grafana: GrafanaName.optional(),
    })
    .optional(),
  workflows: z
    .boolean()
    .default(true)
    .describe("The repository's workflows log in without a password, one identity an environment of the path"),
  budget: Budget.optional(),
  earlierTypes: EarlierTypes,
});
export type PlatformAzure = z.infer<typeof PlatformAzure>;
