import { AdministratorsMicrosoftEntra } from "@pulumi/azure-native/dbforpostgresql/administratorsMicrosoftEntra.js";
import { Configuration } from "@pulumi/azure-native/dbforpostgresql/configuration.js";
import { Database } from "@pulumi/azure-native/dbforpostgresql/database.js";
import { Server } from "@pulumi/azure-native/dbforpostgresql/server.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import type { AzurePostgreSql } from "./database.schema.ts";
import { createDiagnostics } from "./diagnostics.ts";
import type { Tier } from "./primitives.ts";
import { postgreSqlSize } from "./sizes.ts";

export interface ServerArgs {
  readonly place: Place;
  /** Its name here is that of this very server. */
  readonly server: AzurePostgreSql;
  readonly around: Tier;
  /** Ids of the subnet that is the servers' alone, and of the DNS zone in which its name is found. */
  readonly subnet: pulumi.Input<string>;
  readonly zone: pulumi.Input<string>;
  readonly tenantId: pulumi.Input<string>;
  readonly data: "synthetic" | "anonymised" | "real";
  readonly password?: pulumi.Output<string> | undefined;
  readonly protect: boolean;
  /** Id of the workspace that takes logs, where there is one. */
  readonly workspace: pulumi.Input<string> | undefined;
  /** A server that begins with the data that another had at a moment; `databases` come with it. */
  readonly made?: MadeOf | undefined;
}

export interface MadeOf {
  readonly source: pulumi.Input<string>;
  readonly at: string;
  readonly databases: readonly string[];
  /** Azure makes it without a standby, whatever is asked (azure-rest-api-specs #20600): what is left out at first is changed afterwards. */
  readonly bare: boolean;
}

/** One PostgreSQL server with who administers it, its configuration and its databases. */
export function createServer(name: string, args: ServerArgs, within: pulumi.CustomResourceOptions): Server {
  const { place, server, protect, made } = args;
  const { resourceGroupName } = place;
  const resource = new Server(
    name,
    {
      ...place,
      tags: { ...place.tags, data: args.data },
      serverName: server.name,
      network: { delegatedSubnetResourceId: args.subnet, privateDnsZoneArmResourceId: args.zone, publicNetworkAccess: "Disabled" },
      ...(made === undefined ? settingsOf(args) : madeOf(args, made)),
    },
    {
      ...within,
      protect,
      // Azure chooses zones and swaps them when the standby takes over: neither is ours to put back (terraform-provider-azurerm #25538).
      // How it was made is history, which Azure does not give back.
      ignoreChanges: ["availabilityZone", "highAvailability.standbyAvailabilityZone", ...(made === undefined ? [] : HOW_MADE)],
    },
  );
  createDiagnostics(name, { kind: "postgresql", resource: resource.id, workspace: args.workspace }, within);
  const at = { resourceGroupName, serverName: resource.name };
  // Azure changes one thing of a server at a time.
  let before: pulumi.Resource = resource;
  const next = <T extends pulumi.Resource>(one: T): void => {
    before = one;
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
  for (const databaseName of server.databases.filter((one) => !made?.databases.includes(one)))
    next(
      new Database(
        `${name}-${databaseName}`,
        { ...at, databaseName, charset: "UTF8", collation: "en_US.utf8" },
        { ...within, protect, dependsOn: [before] },
      ),
    );
  return resource;
}

/** TLS alone, and slow statements in the log. */
const CONFIGURATION = { require_secure_transport: "on", ssl_min_protocol_version: "TLSv1.2", log_min_duration_statement: "1000" };

const MODE = { "zone-redundant": "ZoneRedundant", "same-zone": "SameZone", none: "Disabled" } as const;
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const HOW_MADE = ["createMode", "pointInTimeUTC", "sourceServerResourceId"];

function settingsOf({ server, around, tenantId, password }: ServerArgs) {
  const { sku, family, storageGb, availability } = postgreSqlSize(server, around);
  const { day, hour } = server.maintenance;
  return {
    version: server.version,
    sku: { name: sku, tier: family },
    storage: { storageSizeGB: storageGb, autoGrow: "Enabled" },
    backup: { backupRetentionDays: server.retentionDays, geoRedundantBackup: geo(server) },
    highAvailability: { mode: MODE[availability] },
    ...(server.zone === undefined ? {} : { availabilityZone: server.zone }),
    maintenanceWindow: { customWindow: "Enabled", dayOfWeek: DAYS.indexOf(day), startHour: hour, startMinute: 0 },
    authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: password === undefined ? "Disabled" : "Enabled", tenantId },
    ...(server.password === undefined ? {} : { administratorLogin: server.password.login, administratorLoginPassword: password }),
  };
}

/** Size, version and login are those of its source; what can be changed later is, so that it ends like any other server. */
function madeOf(args: ServerArgs, { source, at, bare }: MadeOf) {
  const how = { createMode: "PointInTimeRestore", sourceServerResourceId: source, pointInTimeUTC: at };
  if (bare) return { ...how, backup: { geoRedundantBackup: geo(args.server) } };
  // A login is told only when a server is made: another value would make another server. This one has its source's.
  const { administratorLogin: _, ...settings } = settingsOf(args) as ReturnType<typeof settingsOf> & { administratorLogin?: string };
  return { ...settings, ...how };
}

const geo = ({ geoBackup }: AzurePostgreSql) => (geoBackup ? "Enabled" : "Disabled");
