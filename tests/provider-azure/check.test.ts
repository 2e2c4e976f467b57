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
  test("another name may stand beside the old one while it replaces it", async () => {
    expect(await between("containerservice:ManagedCluster", cluster, { ...cluster, resourceName: "aks2" })).toMatchObject({
      replaces: ["resourceName"],
      deleteBeforeReplace: false,
    });
  });
});
