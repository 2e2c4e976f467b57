import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { guidOf, idOf, inputsOf } from "../../local/providers/azure-native/arm-id.ts";
import { SETTINGS } from "../../local/providers/azure-native/config.ts";
import { armType, CLASSES, pathInputs } from "../../local/providers/azure-native/schema/classes.ts";
import { sdk } from "../../local/providers/azure-native/schema/sdk.ts";
import { sdkText } from "../../local/providers/azure-native/schema/write.ts";

const sdkFile = (name: string): string =>
  readFileSync(path.join(path.dirname(createRequire(import.meta.url).resolve("@pulumi/azure-native/package.json")), name), "utf8");

describe("what we know of the SDK", () => {
  test("is what its declaration files say (else: node local/providers/azure-native/schema/write.ts)", () => {
    expect(sdkText() === readFileSync("local/providers/azure-native/schema/sdk.json", "utf8")).toBe(true);
  });

  test.each(Object.entries(CLASSES))(
    "%s: id, replacements and secrets are of its own inputs",
    (key, { path: id, forceNew = [], secrets = [] }) => {
      const inputs = Object.keys(sdk().classes[key]!.inputs);
      const named = [...pathInputs(id), ...[...forceNew, ...secrets].map((property) => property.split(".")[0])];
      expect(named.filter((name) => !inputs.includes(name!))).toEqual([]);
      expect(sdk().classes[key]!.apiVersion).toMatch(/^\d{4}-\d{2}-\d{2}/);
    },
  );

  test("has every setting of a provider", () => {
    const source = ts.createSourceFile("provider.d.ts", sdkFile("provider.d.ts"), ts.ScriptTarget.Latest, true);
    const args = source.statements.find(
      (s): s is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(s) && s.name.text === "ProviderArgs",
    );
    expect([...SETTINGS].sort()).toEqual(args!.members.map((member) => member.name!.getText(source)).sort());
  });
});

describe("resource ids", () => {
  const subscription = "0b1f6471-1bf0-4dda-aec3-cb9272f09590";
  test("are put together and taken apart", () => {
    const lock = CLASSES["authorization:ManagementLockByScope"]!;
    const inputs = { scope: `/subscriptions/${subscription}/resourceGroups/ferry-rg`, lockName: "keep" };
    const id = `/subscriptions/${subscription}/resourceGroups/ferry-rg/providers/Microsoft.Authorization/locks/keep`;
    expect(idOf(lock, inputs, subscription)).toBe(id);
    expect(inputsOf(lock, id)).toEqual(inputs);

    const database = CLASSES["dbforpostgresql:Database"]!;
    const names = { resourceGroupName: "ferry-rg", serverName: "ferry-db", databaseName: "ferry" };
    const other = `/subscriptions/${subscription}/resourceGroups/ferry-rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/ferry-db/databases/ferry`;
    expect(idOf(database, names, subscription)).toBe(other);
    expect(inputsOf(database, other.replace("resourceGroups", "resourcegroups"))).toEqual(names);
    expect(inputsOf(database, id)).toBeUndefined();
    expect(armType(database.path)).toBe("Microsoft.DBforPostgreSQL/flexibleServers/databases");
  });
  test("GUIDs are GUIDs, the same for the same text", () => {
    expect(guidOf("a")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(guidOf("a")).toBe(guidOf("A"));
    expect(guidOf("a")).not.toBe(guidOf("b"));
  });
});
