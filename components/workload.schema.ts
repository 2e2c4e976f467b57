import { z } from "zod";
import { AdoptedSettings } from "./adopted.schema.ts";
import {
  AbsolutePath,
  Cidr,
  ContainerPort,
  CpuQuantity,
  Duration,
  Host,
  ImageRepository,
  MemoryQuantity,
  Percent,
  Port,
  ServiceName,
  ShortName,
  StorageQuantity,
  UrlPath,
} from "./primitives.ts";
import { StrategySettings } from "./strategy/strategy.schema.ts";

const Command = z.array(z.string().min(1)).min(1, { error: "must name a program" });

/** What a service may reach outside the namespace. Without `cidr`: the internet, but no private address range. */
const Egress = z.strictObject({ port: Port, cidr: Cidr.optional().describe("Address range; left out, all public addresses") });

const common = {
  name: ServiceName,
  image: ImageRepository.describe("Registry and repository; the release adds tag and digest"),
  command: Command.optional().describe("Replaces the image's entry point"),
  args: z.array(z.string()).optional(),
  config: z.array(ShortName).default([]).describe("Sets of application.config that this service reads"),
  secrets: z.array(ShortName).default([]).describe("Sets of application.secrets that this service reads"),
  flags: z.boolean().default(false).describe("Mounts the flags file at /etc/flags/flags.json (flagd format)"),
  calls: z.array(ServiceName).default([]).describe("Services of this application that it calls: opens the network between them"),
  egress: z.array(Egress).default([]),
  uid: z.int().min(10_000, { error: "must be 10000 or more, so that it matches no user of the node" }).default(10_001),
  drain: Duration.default("10s").describe("How long a stopping pod still answers while load balancers forget it"),
  grace: Duration.default("45s").describe("How long a pod may take to stop, drain included"),
  settle: Duration.default("10s").describe("How long a pod must stay ready before it counts: one that dies at once fails the rollout"),
  progress: Duration.default("10m").describe("How long a rollout may go without progress before it has failed"),
  boot: Duration.default("60s").describe("How long the slowest start may take before the container is restarted"),
};

const HttpProbes = z
  .strictObject({
    readiness: UrlPath.default("/health/ready"),
    liveness: UrlPath.default("/health/live").describe("Must not touch the database: a failure restarts the container"),
    startup: UrlPath.optional().describe("Left out: the liveness path"),
  })
  .prefault({});
const Route = z
  .strictObject({
    path: UrlPath.default("/"),
    admin: UrlPath.optional().describe("Path below it that environments may open to a few only (environment.access.admin)"),
  })
  .describe("Reached from outside under the environment's host");

const Web = z.strictObject({
  ...common,
  kind: z.literal("web"),
  port: ContainerPort.default(8080),
  probes: HttpProbes,
  route: Route.optional(),
});

const Worker = z.strictObject({
  ...common,
  kind: z.literal("worker"),
  probes: z.strictObject({ readiness: Command, liveness: Command, startup: Command.optional() }).describe("Commands run in the container"),
});

const Volume = z.strictObject({ name: ShortName, path: AbsolutePath, size: StorageQuantity });
const Stateful = z.strictObject({
  ...common,
  kind: z.literal("stateful"),
  port: ContainerPort.default(8080),
  probes: HttpProbes,
  route: Route.optional(),
  volumes: z.array(Volume).min(1, { error: "must name a volume: a service without one is of kind web or worker" }),
  singleWriter: z
    .boolean()
    .default(true)
    .describe("One process at a time may open the volume (SQLite): exactly one replica, never two during an update"),
});

/** One service of the application: what is the same in every environment. */
export const ServiceSettings = z.discriminatedUnion("kind", [Web, Worker, Stateful], { error: "must be one of web, worker, stateful" });
export type ServiceSettings = z.infer<typeof ServiceSettings>;

const Amount = (ephemeral: string) =>
  z.strictObject({ cpu: CpuQuantity, memory: MemoryQuantity, ephemeralStorage: StorageQuantity.default(ephemeral) });

export const ResourceSettings = z.strictObject({ requests: Amount("64Mi"), limits: Amount("256Mi") });
export type ResourceSettings = z.infer<typeof ResourceSettings>;

const Replicas = z.strictObject({
  min: z.int().min(1, { error: "must be 1 or more" }),
  max: z.int().min(1, { error: "must be 1 or more" }).max(500, { error: "must be at most 500" }),
});

/** How much of a service runs in an environment. */
const scale = {
  replicas: Replicas,
  cpuTarget: Percent.min(1, { error: "must be 1 or more" }).describe(
    "Average CPU use, in per cent of the request, that the autoscaler keeps",
  ),
  resources: ResourceSettings,
};
export const ScaleSettings = z.strictObject({
  replicas: scale.replicas.default({ min: 2, max: 4 }),
  cpuTarget: scale.cpuTarget.default(80),
  resources: scale.resources.default({
    requests: { cpu: "100m", memory: "128Mi", ephemeralStorage: "64Mi" },
    limits: { cpu: "500m", memory: "512Mi", ephemeralStorage: "256Mi" },
  }),
});
export type ScaleSettings = z.infer<typeof ScaleSettings>;

/** What one service has of its own in an environment; the rest comes from `environment.defaults`. */
export const ServiceOverrides = z.strictObject({
  replicas: scale.replicas.optional(),
  cpuTarget: scale.cpuTarget.optional(),
  resources: scale.resources.optional(),
  host: Host.optional().describe("Left out: the environment's host"),
  strategy: StrategySettings.optional().describe("How a new release takes over; left out, its pods are replaced a few at a time"),
  adopted: AdoptedSettings.optional().describe("What its objects keep of the time before Liftlock"),
});
export type ServiceOverrides = z.infer<typeof ServiceOverrides>;
