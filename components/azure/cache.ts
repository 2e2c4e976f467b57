import { Database } from "@pulumi/azure-native/redisenterprise/database.js";
import { RedisEnterprise } from "@pulumi/azure-native/redisenterprise/redisEnterprise.js";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
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
}

/** Azure Managed Redis, which took the place of Azure Cache for Redis: TLS and Entra logins only, reached from the network alone. */
export class Cache extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;

  constructor(name: string, { place, redis, tier, subnet, zone, protect }: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
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
    new Database(
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
    this.host = cluster.hostName;
    this.registerOutputs({});
  }
}
