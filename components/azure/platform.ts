import { getClientConfigOutput } from "@pulumi/azure-native/authorization/getClientConfig.js";
import { ManagementLockByScope } from "@pulumi/azure-native/authorization/managementLockByScope.js";
import { listManagedClusterUserCredentialsOutput } from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials.js";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformSettingsOfStack } from "../platform/model.ts";
import { createBudget } from "./budget.ts";
import { Cluster } from "./cluster.ts";
import { connectAzure, type Place } from "./connect.ts";
import { PostgreSql } from "./database.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import type { PlatformOutputs } from "./outputs.ts";
import type { PlatformAzure } from "./platform.schema.ts";
import { createRegistry } from "./registry.ts";
import { grant } from "./roles.ts";
import { Workflows } from "./workflows.ts";

/** The Azure that environments share. What it returns, their stacks read. */
export function createAzurePlatform(
  settings: PlatformSettingsOfStack,
  azure: PlatformAzure,
): { azure: PlatformOutputs; kubeconfig?: pulumi.Output<string> } {
  const { application, platform, project } = settings;
  const { protect } = platform;
  const provider = connectAzure(azure.subscription, azure);
  const tags = { application: application.name, ...azure.tags };
  const options = { provider };
  const group = new ResourceGroup(
    "group",
    { resourceGroupName: azure.resourceGroup, location: azure.location, tags },
    { provider, protect },
  );
  if (azure.lock)
    new ManagementLockByScope(
      "lock",
      { scope: group.id, lockName: "kept", level: "CanNotDelete", notes: `Managed by ${project}: what environments share` },
      options,
    );
  const place: Place = { resourceGroupName: group.name, location: azure.location, tags };
  const { tenantId, subscriptionId } = getClientConfigOutput({ provider });
  const providers = [provider];
  const network = new Network("network", { place, network: azure.network }, { providers });
  const monitoring =
    azure.monitoring && new Monitoring("monitoring", { place, settings: azure.monitoring, tier: azure.tier }, { providers });
  const workspace = monitoring?.logs?.id;
  const registry = azure.registry && createRegistry(azure.registry, place, { network, workspace }, { provider, protect });

  const cluster =
    azure.cluster &&
    new Cluster(
      "cluster",
      {
        place,
        cluster: azure.cluster,
        tier: azure.tier,
        nodes: network.nodes,
        workspace,
        metrics: monitoring?.metrics !== undefined,
        protect,
      },
      { providers },
    );
  if (cluster !== undefined && registry !== undefined)
    grant("cluster-pulls", { scope: registry.id, role: "AcrPull", principalId: cluster.kubelet }, options);
  if (cluster !== undefined) monitoring?.collectFrom(cluster.resource.id);

  const database =
    azure.database &&
    new PostgreSql(
      "database",
      {
        place,
        server: azure.database,
        around: azure.tier,
        subnet: azure.database.subnet,
        network: network.name,
        zone: network.zones.postgresql,
        tenantId,
        data: "synthetic",
        protect,
        workspace,
      },
      // Azure changes one subnet of a network at a time.
      { providers, dependsOn: [network] },
    );
  const { repository } = application;
  const workflows =
    azure.workflows && repository
      ? new Workflows(
          "workflows",
          {
            place,
            repository: `${repository.owner}/${repository.name}`,
            environments: application.promotion.path,
            group: group.id,
            cluster: cluster?.resource.id,
            registry: registry?.id,
          },
          { providers },
        )
      : undefined;
  if (azure.budget !== undefined) createBudget("budget", { scope: group.id, budget: azure.budget }, options);

  const outputs = {
    subscriptionId,
    tenantId,
    resourceGroup: group.name,
    location: azure.location,
    network: network.name,
    endpoints: network.endpoints,
    zones: network.zones,
    ...(registry === undefined ? {} : { registry: registry.loginServer }),
    ...(cluster === undefined
      ? {}
      : {
          cluster: cluster.resource.name,
          clusterId: cluster.resource.id,
          issuer: cluster.issuer,
        }),
    ...(database === undefined ? {} : { database: database.server.name }),
    ...(monitoring?.logs === undefined ? {} : { logs: monitoring.logs.id, insights: monitoring.logs.insights }),
    ...(monitoring?.metrics === undefined ? {} : { metrics: monitoring.metrics.id }),
    ...(monitoring?.grafana === undefined ? {} : { grafana: monitoring.grafana }),
    ...(workflows === undefined ? {} : { workflows: workflows.clients }),
  };
  // By itself: a secret inside an object makes a secret of the whole.
  return { azure: outputs, ...(cluster === undefined ? {} : { kubeconfig: kubeconfigOf(cluster, group.name, provider) }) };
}

/** A login by Entra identity (kubelogin): it holds no password, and is a secret all the same. */
function kubeconfigOf({ resource }: Cluster, resourceGroupName: pulumi.Input<string>, provider: pulumi.ProviderResource) {
  const credentials = listManagedClusterUserCredentialsOutput(
    { resourceGroupName, resourceName: resource.name, format: "exec" },
    { provider },
  );
  return pulumi.secret(
    credentials.kubeconfigs.apply(([first]) => (first === undefined ? "" : Buffer.from(first.value, "base64").toString("utf8"))),
  );
}
