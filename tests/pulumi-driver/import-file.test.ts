import { describe, expect, test } from "vitest";
import type { ImportSpec } from "../../ops/engine.ts";
import { importFile } from "../../ops/pulumi/import-file.ts";

const urn = (type: string, name: string) => `urn:pulumi:platform::ferry::${type}::${name}`;
const component: ImportSpec = {
  urn: urn("liftlock:azure:Cluster", "cluster"),
  type: "liftlock:azure:Cluster",
  name: "cluster",
  id: "",
  recorded: "component",
};
const provider: ImportSpec = { type: "pulumi:providers:azure-native", name: "azure", id: "", recorded: "provider", inputs: {} };
const cluster: ImportSpec = { type: "azure-native:containerservice:ManagedCluster", name: "cluster", id: "/x", parent: component.urn! };
const stateWith = (...resources: { urn: string; type: string }[]) => ({ deployment: { resources } });
const azure = { urn: urn(provider.type, "azure"), type: provider.type };

describe("the file for pulumi import", () => {
  test("brings the components along that the state has not, under names that nothing else has", () => {
    expect(importFile([component, provider, cluster], stateWith(azure), "platform")).toEqual({
      nameTable: { known0: azure.urn },
      resources: [
        { type: component.type, name: "component0", logicalName: "cluster", component: true },
        { type: cluster.type, name: "cluster", id: "/x", parent: "component0", provider: "known0" },
      ],
    });
  });

  test("names those that the state has", () => {
    const known = { urn: component.urn!, type: component.type };
    const { nameTable, resources } = importFile([component, provider, cluster], stateWith(azure, known), "platform");
    expect(resources).toEqual([{ type: cluster.type, name: "cluster", id: "/x", parent: "known1", provider: "known0" }]);
    expect(nameTable).toEqual({ known0: azure.urn, known1: component.urn });
  });

  test("is not made before the provider is there, to which the program gives what is imported", () => {
    expect(() => importFile([component, provider, cluster], stateWith(), "platform")).toThrow(
      /does not have the provider "azure".*pulumi up --stack platform --target '\*\*::pulumi:providers:azure-native::azure'/,
    );
  });

  test("is as it was asked for where the program declares nothing", () => {
    const [one, parent] = [{ type: "kubernetes:core/v1:ConfigMap", name: "a", id: "n/a" }, urn("x:y:Z", "z")];
    expect(importFile([one, { ...one, name: "b", parent }], stateWith(), "dev")).toEqual({
      nameTable: { known0: parent },
      resources: [one, { ...one, name: "b", parent: "known0" }],
    });
  });
});
