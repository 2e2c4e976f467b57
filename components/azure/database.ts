import type { Server } from "@pulumi/azure-native/dbforpostgresql/server.js";
import { Subnet } from "@pulumi/azure-native/network/subnet.js";
import * as pulumi from "@pulumi/pulumi";
import type { AzurePostgreSql, OwnServer } from "./database.schema.ts";
import { createServer, type MadeOf, type ServerArgs } from "./database-server.ts";

export interface PostgreSqlArgs extends Omit<ServerArgs, "server" | "subnet" | "made"> {
  readonly server: AzurePostgreSql & Partial<Pick<OwnServer, "subnetName" | "origin" | "restored">>;
  /** Range of the subnet that is the servers' alone, in this network. */
  readonly subnet: string;
  readonly network: pulumi.Input<string>;
  /** Id of the subscription, where a server may be made of another. */
  readonly subscriptionId?: pulumi.Input<string>;
  /** Name of a server that is about to be taken away: it is not protected any more. */
  readonly retiring?: string | undefined;
}

/** A PostgreSQL server that only the network reaches, with its standby, backups and databases; and the one that a restore made of it. */
export class PostgreSql extends pulumi.ComponentResource {
  /** The server that serves. */
  readonly server: Server;
  /** The one that a restore made, until the other is retired. */
  readonly restored: Server | undefined;

  constructor(name: string, args: PostgreSqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:azure:PostgreSql", name, {}, opts);
    const { server: own } = args;
    const { origin, restored } = own;
    const within = { parent: this };
    const subnet = new Subnet(
      `${name}-subnet`,
      {
        resourceGroupName: args.place.resourceGroupName,
        virtualNetworkName: args.network,
        subnetName: own.subnetName ?? own.name,
        addressPrefix: args.subnet,
        delegations: [{ name: "postgresql", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
      },
      within,
    );
    const create = (server: AzurePostgreSql, precious: boolean, made?: Omit<MadeOf, "source"> & { of: string }): Server =>
      createServer(
        made === undefined ? name : `${name}-${server.name}`,
        {
          ...args,
          server,
          subnet: subnet.id,
          protect: args.protect && precious && args.retiring !== server.name,
          made: made && { ...made, source: idOf(args, made.of) },
        },
        within,
      );
    const first = create(own, true, origin && { ...origin, of: origin.server, bare: false });
    // Until it serves nothing is lost with it, and a restore on trial takes it away again.
    const serves = restored?.stage === "serving";
    this.restored =
      restored && create({ ...own, name: restored.name }, serves, { ...restored, of: own.name, bare: restored.stage === "made" });
    this.server = serves ? this.restored! : first;
    this.registerOutputs({ name: this.server.name });
  }
}

/** Said, not taken from the resource: it may be retired, and the one that was made of it stays. */
const idOf = ({ place, subscriptionId }: PostgreSqlArgs, server: string): pulumi.Output<string> =>
  pulumi.interpolate`/subscriptions/${subscriptionId}/resourceGroups/${place.resourceGroupName}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${server}`;
