import { AgentPool } from "@pulumi/azure-native/containerservice/agentPool.js";
import { MaintenanceConfiguration } from "@pulumi/azure-native/containerservice/maintenanceConfiguration.js";
import { ManagedCluster } from "@pulumi/azure-native/containerservice/managedCluster.js";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import * as pulumi from "@pulumi/pulumi";
import { addonsOf, apiServerOf, type ClusterSettings, movedByAzure, NETWORK, poolOf, windowOf } from "./cluster-parts.ts";
import type { Place } from "./connect.ts";
import type { Tier } from "./primitives.ts";
import { grant } from "./roles.ts";
import { CONTROL_PLANE } from "./sizes.ts";

export interface ClusterArgs {
  readonly place: Place;
  readonly cluster: ClusterSettings;
  readonly tier: Tier;
  /** Id of the subnet that nodes are in. */
  readonly nodes: pulumi.Input<string>;
  /** Id of the workspace that takes logs, where there is one. */
  readonly workspace: pulumi.Input<string> | undefined;
  readonly metrics: boolean;
  readonly protect: boolean;
}

/** The cluster that environments share: Entra logins only, workload identity, Cilium's network policies, and node pools that scale by demand. */
export class Cluster extends pulumi.ComponentResource {
  readonly resource: ManagedCluster;
  readonly issuer: pulumi.Output<string>;
  /** Object id of the identity with which nodes pull images. */
  readonly kubelet: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:azure:Cluster", name, {}, opts);
    const { place, cluster, tier, nodes, protect } = args;
    const within = { parent: this };
    // In a network of our own a cluster cannot have an identity that comes with it: the role must be there first.
    const identity = new UserAssignedIdentity(`${name}-identity`, { ...place, resourceName: `${cluster.name}-cluster` }, within);
    const scope = pulumi.output(nodes);
    const joins = grant(`${name}-joins-network`, { scope, role: "NetworkContributor", principalId: identity.principalId }, within);
    const { upgrades } = cluster;
    this.resource = new ManagedCluster(
      name,
      {
        ...place,
        resourceName: cluster.name,
        dnsPrefix: cluster.name,
        kubernetesVersion: cluster.version,
        sku: { name: "Base", tier: CONTROL_PLANE[tier] },
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
        enableRBAC: true,
        disableLocalAccounts: true,
        aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: cluster.administrators },
        oidcIssuerProfile: { enabled: true },
        securityProfile: { workloadIdentity: { enabled: true }, imageCleaner: { enabled: true, intervalHours: 168 } },
        apiServerAccessProfile: apiServerOf(cluster),
        networkProfile: NETWORK,
        autoUpgradeProfile: { upgradeChannel: upgrades.kubernetes, nodeOSUpgradeChannel: upgrades.nodes },
        autoScalerProfile: { expander: "least-waste", scaleDownUnneededTime: "10m" },
        azureMonitorProfile: { metrics: { enabled: args.metrics } },
        addonProfiles: addonsOf(args.workspace),
        // One pool inline, which Azure insists on; all others are resources of their own and can come and go.
        agentPoolProfiles: [
          {
            name: "system",
            mode: "System",
            count: cluster.system.min,
            nodeTaints: Object.keys(cluster.pools).length > 0 ? ["CriticalAddonsOnly=true:NoSchedule"] : [],
            ...poolOf(cluster, cluster.system, tier, nodes),
          },
        ],
      },
      { ...within, protect, dependsOn: [joins], ignoreChanges: movedByAzure(cluster) },
    );
    const at = { resourceGroupName: place.resourceGroupName, resourceName: this.resource.name };
    for (const [pool, settings] of Object.entries(cluster.pools)) {
      const { taints, labels, spot } = settings;
      new AgentPool(
        `${name}-${pool}`,
        {
          ...at,
          agentPoolName: pool,
          mode: "User",
          count: settings.min,
          nodeTaints: [...taints, ...(spot ? ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"] : [])],
          nodeLabels: labels,
          ...(spot ? { scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1 } : {}),
          ...poolOf(cluster, settings, tier, nodes),
        },
        { ...within, ignoreChanges: ["count", "orchestratorVersion"] },
      );
    }
    for (const configName of ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"])
      new MaintenanceConfiguration(`${name}-${configName}`, { ...at, configName, maintenanceWindow: windowOf(cluster) }, within);

    this.issuer = this.resource.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.kubelet = this.resource.identityProfile.apply((identities) => identities?.kubeletidentity?.objectId ?? "");
    this.registerOutputs({ name: this.resource.name });
  }
}
