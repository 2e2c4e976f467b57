import { AdministratorsMicrosoftEntra } from "@pulumi/azure-native/dbforpostgresql/administratorsMicrosoftEntra.js";
import { Configuration } from "@pulumi/azure-native/dbforpostgresql/configuration.js";
import { Database } from "@pulumi/azure-native/dbforpostgresql/database.js";
import { Server } from "@pulumi/azure-native/dbforpostgresql/server.js";
import { Subnet } from "@pulumi/azure-native/network/subnet.js";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import type { AzurePostgreSql } from "./database.schema.ts";
import type { Tier } from "./primitives.ts";
import { postgreSqlSize } from "./sizes.ts";

export interface PostgreSqlArgs {
  readonly place: Place;
  readonly server: AzurePostgreSql;
  readonly around: Tier;
  /** Range of the subnet that is the server's alone, in this network. */
  readonly subnet: string;
  readonly network: pulumi.Input<string>;
  /** Id of the DNS zone in which its name is found. */
  readonly zone: pulumi.Input<string>;
  readonly tenantId: pulumi.Input<string>;
  readonly data: "synthetic" | "anonymised" | "real";
  readonly password?: pulumi.Output<string> | undefined;
  readonly protect: boolean;
}

/** A PostgreSQL server that only the network reaches, with its standby, backups and databases. */
export class PostgreSql extends pulumi.ComponentResource {
  readonly server: Server;

  constructor(name: string, args: PostgreSqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:azure:PostgreSql", name, {}, opts);
    const { place, server, protect } = args;
    const { resourceGroupName } = place;
    const within = { parent: this };
    const subnet = new Subnet(
      `${name}-subnet`,
      {
        resourceGroupName,
        virtualNetworkName: args.network,
        subnetName: server.name,
        addressPrefix: args.subnet,
        delegations: [{ name: "postgresql", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
      },
      within,
    );
    this.server = new Server(
      name,
      { ...place, tags: { ...place.tags, data: args.data }, ...settingsOf(args), network: networkOf(args, subnet.id) },
      {
        ...within,
        protect,
        // Azure chooses zones and swaps them when the standby takes over: neither is ours to put back (terraform-provider-azurerm #25538).
        ignoreChanges: ["availabilityZone", "highAvailability.standbyAvailabilityZone"],
      },
    );
    const at = { resourceGroupName, serverName: this.server.name };
    // Azure changes one thing of a server at a time.
    let before: pulumi.Resource = this.server;
    const next = <T extends pulumi.Resource>(resource: T): void => {
      before = resource;
    };
    for (const { name: principalName, objectId, type } of server.administrators)
      next(
        new AdministratorsMicrosoftEntra(
          `${name}-${principalName}`,
          { ...at, objectId, principalName, principalType: type, tenantId: args.tenantId },
          { ...within, dependsOn: [before] },
        ),
      );
    for (const [configurationName, value] of Object.entries(CONFIGURATION))
      next(
        new Configuration(
          `${name}-${configurationName}`,
          { ...at, configurationName, value, source: "user-override" },
          { ...within, dependsOn: [before] },
        ),
      );
    for (const databaseName of server.databases)
      next(
        new Database(
          `${name}-${databaseName}`,
          { ...at, databaseName, charset: "UTF8", collation: "en_US.utf8" },
          { ...within, protect, dependsOn: [before] },
        ),
      );
    this.registerOutputs({ name: this.server.name });
  }
}

/** TLS alone, and slow statements in the log. */
const CONFIGURATION = { require_secure_transport: "on", ssl_min_protocol_version: "TLSv1.2", log_min_duration_statement: "1000" };

const MODE = { "zone-redundant": "ZoneRedundant", "same-zone": "SameZone", none: "Disabled" } as const;
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function settingsOf({ server, around, tenantId, password }: PostgreSqlArgs) {
  const { sku, family, storageGb, availability } = postgreSqlSize(server, around);
  const { day, hour } = server.maintenance;
  return {
    serverName: server.name,
    version: server.version,
    sku: { name: sku, tier: family },
    storage: { storageSizeGB: storageGb, autoGrow: "Enabled" },
    backup: { backupRetentionDays: server.retentionDays, geoRedundantBackup: server.geoBackup ? "Enabled" : "Disabled" },
    highAvailability: { mode: MODE[availability] },
    ...(server.zone === undefined ? {} : { availabilityZone: server.zone }),
    maintenanceWindow: { customWindow: "Enabled", dayOfWeek: DAYS.indexOf(day), startHour: hour, startMinute: 0 },
    authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: password === undefined ? "Disabled" : "Enabled", tenantId },
    ...(server.password === undefined ? {} : { administratorLogin: server.password.login, administratorLoginPassword: password }),
  };
}

const networkOf = ({ zone }: PostgreSqlArgs, subnet: pulumi.Input<string>) => ({
  delegatedSubnetResourceId: subnet,
  privateDnsZoneArmResourceId: zone,
  publicNetworkAccess: "Disabled",
});
