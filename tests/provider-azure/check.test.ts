import { describe, expect, test } from "vitest";
import { type PropertyMap, Secret, UNKNOWN } from "../../local/engine/values.ts";
import { check } from "../../local/providers/azure-native/check.ts";
import { diff } from "../../local/providers/azure-native/diff.ts";
import { checkRequest } from "./support/requests.ts";

const faults = (key: string, news: PropertyMap): string[] =>
  check(checkRequest(key, news)).failures.map(({ property, reason }) => `${property} ${reason}`);

describe("inputs are held to the SDK's types", () => {
  test("an unknown property is named, at any depth", () => {
    const [fault] = faults("dbforpostgresql:Server", { resourceGroupName: "rg", hihgAvailability: { mode: "ZoneRedundant" } });
    expect(fault).toMatch(/^hihgAvailability is no property here, where there are .*highAvailability/);
    expect(faults("containerservice:ManagedCluster", { resourceGroupName: "rg", agentPoolProfiles: [{ name: "a", cuont: 1 }] })[0]).toMatch(
      /^agentPoolProfiles\[0\]\.cuont is no property/,
    );
  });
  test.each<[string, PropertyMap, string]>([
    ["dbforpostgresql:Server", {}, "resourceGroupName is required"],
    ["dbforpostgresql:Server", { resourceGroupName: 1 }, "resourceGroupName must be a text"],
    ["dbforpostgresql:Server", { resourceGroupName: "rg", storage: { storageSizeGB: "32" } }, "storage.storageSizeGB must be a number"],
    ["dbforpostgresql:Server", { resourceGroupName: "rg", sku: { name: "x" } }, "sku.tier is required"],
    ["containerregistry:Registry", { resourceGroupName: "rg", sku: "Basic" }, "sku must be an object"],
    ["containerregistry:Registry", { resourceGroupName: "rg", sku: { name: "Basic" }, tags: { a: 1 } }, "tags.a must be a text"],
    [
      "containerservice:AgentPool",
      { resourceGroupName: "rg", resourceName: "x", availabilityZones: "1" },
      "availabilityZones must be a list",
    ],
    [
      "containerservice:ManagedCluster",
      { resourceGroupName: "rg", identity: { type: "Own" } },
      'identity.type must be one of SystemAssigned, UserAssigned, None, not "Own"',
    ],
    ["monitor:MetricAlert", { ...metricAlert(), criteria: { odataType: "Other" } }, "criteria.odataType"],
  ])("%s %j: %s", (key, news, expected) => {
    expect(faults(key, news).join("; ")).toContain(expected);
  });
  test("what is right, unknown or not given passes", () => {
    expect(faults("monitor:MetricAlert", metricAlert())).toEqual([]);
    expect(faults("dbforpostgresql:Server", { resourceGroupName: UNKNOWN, storage: UNKNOWN, version: null })).toEqual([]);
  });
  test("a secret value is in no message", () => {
    const [fault] = faults("containerservice:ManagedCluster", { resourceGroupName: "rg", identity: { type: new Secret("hush-4711") } });
    expect(fault).toMatch(/identity\.type must be one of/);
    expect(fault).not.toContain("hush-4711");
  });
  test("a class that is not there is named", () => {
    expect(faults("compute:VirtualMachine", {})[0]).toMatch(
      /"azure-native:compute:VirtualMachine" is not supported.*dbforpostgresql:Server/,
    );
  });
});

function metricAlert(): PropertyMap {
  return {
    resourceGroupName: "rg",
    ruleName: "down",
    enabled: true,
    evaluationFrequency: "PT1M",
    windowSize: "PT5M",
    scopes: ["/x"],
    severity: 1,
    criteria: {
      odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
      componentId: "/c",
      webTestId: "/w",
      failedLocationCount: 2,
    },
  };
}

describe("names and secrets", () => {
  test("are given where the program says nothing, and kept", () => {
    const { inputs } = check(checkRequest("resources:ResourceGroup", {}));
    expect(inputs.resourceGroupName).toBe("itabababab");
    const again = check(checkRequest("resources:ResourceGroup", {}, { oldInputs: inputs, randomSeed: new Uint8Array(32) }));
    expect(again.inputs).toEqual(inputs);
    const role = { scope: "/subscriptions/x", principalId: "p", roleDefinitionId: "r" };
    expect(check(checkRequest("authorization:RoleAssignment", role)).inputs.roleAssignmentName).toMatch(/^[0-9a-f-]{36}$/);
  });
  test.each([
    ["resources:ResourceGroup", { resourceGroupName: "a.b(c)-d_" }, { resourceGroupName: "ends-with." }],
    ["containerregistry:Registry", { registryName: "ferry00" }, { registryName: "ferry-00" }],
    ["containerregistry:Registry", { registryName: "a".repeat(50) }, { registryName: "a".repeat(51) }],
    ["containerservice:AgentPool", { agentPoolName: "a23456789012" }, { agentPoolName: "a234567890123" }],
    ["containerservice:ManagedCluster", { resourceName: "a" }, { resourceName: "a-" }],
    ["dashboard:Grafana", { workspaceName: "a2" }, { workspaceName: "2a" }],
    ["dbforpostgresql:Server", { serverName: "a-1" }, { serverName: "A-1" }],
    ["keyvault:Vault", { vaultName: `a${"2".repeat(23)}` }, { vaultName: `a${"2".repeat(24)}` }],
    ["keyvault:Vault", { vaultName: "a-b" }, { vaultName: "a--b" }],
    ["keyvault:Secret", { secretName: "DATABASE-URL" }, { secretName: "DATABASE_URL" }],
    ["operationalinsights:Workspace", { workspaceName: "abcd" }, { workspaceName: "abc" }],
    ["monitor:DataCollectionEndpoint", { dataCollectionEndpointName: "a".repeat(44) }, { dataCollectionEndpointName: "a".repeat(45) }],
    ["network:PrivateEndpoint", { privateEndpointName: "a".repeat(64) }, { privateEndpointName: "a".repeat(65) }],
    ["redisenterprise:RedisEnterprise", { clusterName: "a".repeat(60) }, { clusterName: "a".repeat(61) }],
  ])("of a %s are such as Azure takes: %j, and not %j", (key, right, wrong) => {
    const [name] = Object.keys(right);
    const said = (inputs: object) => faults(key, inputs as PropertyMap).filter((fault) => fault.startsWith(`${name} `));
    expect(said(right)).toEqual([]);
    expect(said(wrong)).toEqual([expect.stringMatching(/must be .*: Azure takes no other$/)]);
  });
  test("that are made up are held to the same, and one that is not known yet is not", () => {
    const request = checkRequest("keyvault:Vault", { resourceGroupName: "rg" });
    const { failures } = check({ ...request, name: "a-vault-of-a-long-name" });
    expect(failures.map(({ property }) => property)).toContain("vaultName");
    expect(faults("keyvault:Vault", { vaultName: UNKNOWN }).filter((fault) => fault.startsWith("vaultName"))).toEqual([]);
  });
  test("a password is a secret, said or not", () => {
    const { inputs } = check(checkRequest("dbforpostgresql:Server", { resourceGroupName: "rg", administratorLoginPassword: "hush" }));
    expect(inputs.administratorLoginPassword).toEqual(new Secret("hush"));
  });
});

describe("what changed", () => {
  const between = (key: string, oldInputs: PropertyMap, newInputs: PropertyMap) => {
    const { urn, type, name, signal, log } = checkRequest(key, {});
    return diff({ urn, type, name, signal, log, id: "/x", oldInputs, oldOutputs: {}, newInputs, ignoreChanges: [] });
  };
  const cluster = {
    resourceGroupName: "rg",
    resourceName: "aks",
    location: "westeurope",
    networkProfile: { networkPlugin: "azure", podCidr: "a" },
  };
  test("is said property by property, and what cannot be changed in place replaces", async () => {
    expect(await between("containerservice:ManagedCluster", cluster, cluster)).toMatchObject({ changes: false, replaces: [] });
    expect(await between("containerservice:ManagedCluster", cluster, { ...cluster, location: "West Europe" })).toMatchObject({
      changes: false,
    });
    expect(await between("containerservice:ManagedCluster", cluster, { ...cluster, dnsPrefix: "x", tags: { a: "b" } })).toMatchObject({
      detailedDiff: { dnsPrefix: { kind: "add-replace" }, tags: { kind: "add" } },
      replaces: ["dnsPrefix"],
      deleteBeforeReplace: true,
    });
    const pods = { ...cluster, networkProfile: { ...cluster.networkProfile, podCidr: "b" } };
    expect((await between("containerservice:ManagedCluster", cluster, pods)).replaces).toEqual(["networkProfile.podCidr"]);
  });
  test("the old one goes first, as with the real provider, unless its name was made up: then the new one gets another", async () => {
    const moved = { ...cluster, resourceName: "aks2" };
    expect(await between("containerservice:ManagedCluster", cluster, moved)).toMatchObject({
      replaces: ["resourceName"],
      deleteBeforeReplace: true,
    });
    const { resourceName: _, ...nameless } = cluster;
    const { inputs: made } = check(checkRequest("containerservice:ManagedCluster", nameless));
    const { inputs: kept } = check(checkRequest("containerservice:ManagedCluster", { ...nameless, dnsPrefix: "x" }, { oldInputs: made }));
    expect(await between("containerservice:ManagedCluster", made, kept)).toMatchObject({
      detailedDiff: { dnsPrefix: { kind: "add-replace" } },
      diffs: ["dnsPrefix"],
      deleteBeforeReplace: false,
    });
  });
  test("a whole that comes or goes makes nothing anew, though a part of it would: Azure takes it in place", async () => {
    const server = { resourceGroupName: "rg", serverName: "a-server" };
    const { replaces, detailedDiff } = await between("dbforpostgresql:Server", server, { ...server, backup: { backupRetentionDays: 7 } });
    expect([replaces, detailedDiff]).toEqual([[], { backup: { kind: "add", inputDiff: true } }]);
  });
});
