import { Database } from "@pulumi/azure-native/redisenterprise/database.js";
import { RedisEnterprise } from "@pulumi/azure-native/redisenterprise/redisEnterprise.js";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import { createDiagnostics } from "./diagnostics.ts";
import type { EnvironmentAzure } from "./environment.schema.ts";
import { createEndpoint } from "./network.ts";
import type { Tier } from "./primitives.ts";
import { REDIS } from "./sizes.ts";

export interface CacheArgs {
  readonly place: Place;
  readonly redis: NonNullable<EnvironmentAzure["redis"]>;
  readonly tier: Tier;
  /** Ids of the subnet from which it is reached, and of the zone in which its name is found. */
  readonly subnet: pulumi.Input<string>;
  readonly zone: pulumi.Input<string>;
  readonly protect: boolean;
  /** Id of the workspace that takes logs, where there is one. */
  readonly workspace: pulumi.Input<string> | undefined;
}

/** Azure Managed Redis, which took the place of Azure Cache for Redis: TLS and Entra logins only, reached from the network alone. */
export class Cache extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;

  constructor(name: string, { place, redis, tier, subnet, zone, protect, workspace }: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:azure:Cache", name, {}, opts);
    const within = { parent: this };
    const cluster = new RedisEnterprise(
      name,
      {
        ...place,
        clusterName: redis.name,
        sku: { name: redis.sku ?? REDIS[tier] },
        highAvailability: tier === "low" ? "Disabled" : "Enabled",
        minimumTlsVersion: "1.2",
        publicNetworkAccess: "Disabled",
      },
      { ...within, protect },
    );
    const database = new Database(
      `${name}-database`,
      {
        resourceGroupName: place.resourceGroupName,
        clusterName: cluster.name,
        databaseName: "default",
        clientProtocol: "Encrypted",
        accessKeysAuthentication: "Disabled",
        clusteringPolicy: "EnterpriseCluster",
        evictionPolicy: "NoEviction",
      },
      within,
    );
    createEndpoint(`${name}-endpoint`, { place, of: redis.name, subnet, target: cluster.id, zone, part: "redisEnterprise" }, within);
    createDiagnostics(name, { kind: "redis", resource: cluster.id, workspace }, within);
    createDiagnostics(`${name}-database`, { kind: "redisDatabase", resource: database.id, workspace }, within);
    this.host = cluster.hostName;
    this.registerOutputs({});
  }
}
