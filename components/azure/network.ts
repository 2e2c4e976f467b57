import { createHash } from "node:crypto";
import { PrivateDnsZoneGroup } from "@pulumi/azure-native/network/privateDnsZoneGroup.js";
import { PrivateEndpoint } from "@pulumi/azure-native/network/privateEndpoint.js";
import { Subnet } from "@pulumi/azure-native/network/subnet.js";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork.js";
import { PrivateZone } from "@pulumi/azure-native/privatedns/privateZone.js";
import { VirtualNetworkLink } from "@pulumi/azure-native/privatedns/virtualNetworkLink.js";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import { ZONES, type ZoneOf } from "./dns-zones.ts";
import type { PlatformAzure } from "./platform.schema.ts";

/** One network for everything of an application: nodes, private endpoints, and a subnet for each database server, which its environment adds. */
export class Network extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly nodes: pulumi.Output<string>;
  readonly endpoints: pulumi.Output<string>;
  readonly zones: Readonly<Record<ZoneOf, pulumi.Output<string>>>;

  constructor(
    name: string,
    { place, network }: { place: Place; network: PlatformAzure["network"] },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("liftlock:azure:Network", name, {}, opts);
    const { resourceGroupName, tags } = place;
    const within = { parent: this };
    const virtual = new VirtualNetwork(
      name,
      { ...place, virtualNetworkName: "network", addressSpace: { addressPrefixes: [network.range] } },
      // Subnets are resources of their own; the network shows them all.
      { ...within, ignoreChanges: ["subnets"] },
    );
    this.name = virtual.name;
    const at = { resourceGroupName, virtualNetworkName: virtual.name };
    const nodes = new Subnet(`${name}-nodes`, { ...at, subnetName: "nodes", addressPrefix: network.nodes }, within);
    const endpoints = new Subnet(
      `${name}-endpoints`,
      { ...at, subnetName: "endpoints", addressPrefix: network.endpoints, privateEndpointNetworkPolicies: "Enabled" },
      // Azure changes one subnet of a network at a time.
      { ...within, dependsOn: [nodes] },
    );
    this.nodes = nodes.id;
    this.endpoints = endpoints.id;
    const zones = Object.entries(ZONES).map(([kind, zone]) => {
      const own = new PrivateZone(`${name}-${kind}-zone`, { resourceGroupName, tags, privateZoneName: zone, location: "global" }, within);
      const link = { resourceGroupName, tags, privateZoneName: own.name, virtualNetworkLinkName: "network", location: "global" };
      new VirtualNetworkLink(`${name}-${kind}-link`, { ...link, registrationEnabled: false, virtualNetwork: { id: virtual.id } }, within);
      return [kind, own.id];
    });
    this.zones = Object.fromEntries(zones) as Record<ZoneOf, pulumi.Output<string>>;
    this.registerOutputs({ name: this.name });
  }
}

export interface EndpointArgs {
  readonly place: Place;
  /** Name of what is reached. With the part it is unique in the resource group, which environments share: a vault and a cache may have one name. */
  readonly of: string;
  /** Ids: the subnet, what is reached, and the DNS zone in which its name is found. */
  readonly subnet: pulumi.Input<string>;
  readonly target: pulumi.Input<string>;
  readonly zone: pulumi.Input<string>;
  /** Which part of it: learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource */
  readonly part: "registry" | "vault" | "redisEnterprise";
}

/** At most 64 characters (resource-name-rules): of a name that leaves no room, its beginning, and eight digits that are its own. */
function endpointName(of: string, part: string): string {
  const rest = `-${part}-endpoint`;
  const room = 64 - rest.length;
  const own = createHash("sha256").update(of.toLowerCase()).digest("hex").slice(0, 8);
  return `${of.length <= room ? of : `${of.slice(0, room - 9)}-${own}`}${rest}`;
}

/** An address in the network for a service that is closed to the internet. */
export function createEndpoint(
  name: string,
  { place, of, subnet, target, zone, part }: EndpointArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const endpoint = new PrivateEndpoint(
    name,
    {
      ...place,
      privateEndpointName: endpointName(of, part),
      subnet: { id: subnet },
      privateLinkServiceConnections: [{ name, privateLinkServiceId: target, groupIds: [part] }],
    },
    opts,
  );
  const group = { resourceGroupName: place.resourceGroupName, privateEndpointName: endpoint.name, privateDnsZoneGroupName: "default" };
  new PrivateDnsZoneGroup(name, { ...group, privateDnsZoneConfigs: [{ name: part, privateDnsZoneId: zone }] }, opts);
}
