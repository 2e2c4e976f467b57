import { describe, expect, test } from "vitest";
import { redact } from "../../local/engine/values.ts";
import { evaluate } from "../../policy/evaluate.ts";
import { readable } from "../components/support.ts";
import { inputsOf, planted, rendered } from "./support.ts";

const platform = await rendered("platform");
const azure = platform.filter(({ type }) => type.startsWith("azure-native:"));

describe("the platform of StudySphere", () => {
  test("is what was reviewed, and breaks no rule of the policy pack", async () => {
    const text = readable(platform);
    expect(text).not.toContain(planted);
    const resources = platform
      .filter(({ custom }) => custom)
      .map(({ urn, type, name, protect, inputs }) => ({ urn, type, name, protect, props: redact(inputs) as Record<string, unknown> }));
    expect(evaluate(resources, [], new Date()).findings).toEqual([]);
    await expect(text).toMatchFileSnapshot("golden/studysphere-platform.yaml");
  });

  test("A1: a locked resource group, a registry, a cluster, and the cluster may pull", () => {
    expect(inputsOf(azure, "ResourceGroup")).toMatchObject({ resourceGroupName: "studysphere-rg" });
    expect(inputsOf(azure, "ManagementLockByScope")).toMatchObject({ level: "CanNotDelete" });
    expect(inputsOf(azure, "Registry")).toMatchObject({
      registryName: "studysphere",
      adminUserEnabled: false,
      publicNetworkAccess: "Disabled",
    });
    expect(inputsOf(azure, "RoleAssignment", "cluster-pulls").roleAssignmentName).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-/);
    const protectedOnes = azure.filter(({ protect }) => protect).map(({ name }) => name);
    expect(protectedOnes.sort()).toEqual(["cluster", "database", "group", "registry"]);
  });

  test("the cluster takes Entra logins alone, scales, upgrades in its window, and leaves to Azure what Azure moves", () => {
    const cluster = azure.find(({ name, type }) => type.endsWith(":ManagedCluster") && name === "cluster")!;
    expect(inputsOf(azure, "ManagedCluster")).toMatchObject({
      disableLocalAccounts: true,
      aadProfile: { managed: true, enableAzureRBAC: true },
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      networkProfile: { networkPolicy: "cilium" },
      autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
      azureMonitorProfile: { metrics: { enabled: true } },
      agentPoolProfiles: [{ name: "system", mode: "System", enableAutoScaling: true, availabilityZones: ["1", "2", "3"] }],
    });
    expect(cluster.ignoreChanges).toEqual(["agentPoolProfiles[0].count", "agentPoolProfiles[0].orchestratorVersion"]);
    expect(inputsOf(azure, "AgentPool")).toMatchObject({ agentPoolName: "apps", mode: "User", minCount: 2, maxCount: 8 });
    expect(inputsOf(azure, "MaintenanceConfiguration", "cluster-aksManagedAutoUpgradeSchedule").maintenanceWindow).toMatchObject({
      schedule: { weekly: { dayOfWeek: "Sunday" } },
      startTime: "02:00",
    });
  });

  test("workflows log in without a password, each only from its own GitHub Environment", () => {
    const subjects = ["development", "testing", "production"].map(
      (of) => inputsOf(azure, "FederatedIdentityCredential", `workflows-${of}`).subject,
    );
    expect(subjects).toEqual(["development", "testing", "production"].map((of) => `repo:studysphere/studysphere:environment:${of}`));
    const pushers = azure.filter(({ name }) => name.endsWith("-AcrPush")).map(({ name }) => name);
    expect(pushers).toEqual(["workflows-development-AcrPush"]);
  });

  test("carries no alias of a past API version", () => {
    expect(azure.length).toBeGreaterThan(40);
    expect(JSON.stringify(azure.map(({ inputs }) => redact(inputs)))).not.toContain("v20");
  });

  test("a private cluster has an API server that only the network reaches", async () => {
    const resources = await rendered("platform", ({ platform: { azure: settings } }) => {
      settings.cluster.private = true;
      delete settings.cluster.authorizedRanges;
    });
    expect(inputsOf(resources, "ManagedCluster").apiServerAccessProfile).toEqual({
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      privateDNSZone: "system",
      disableRunCommand: true,
    });
  });
});
