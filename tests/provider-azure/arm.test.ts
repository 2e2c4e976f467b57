import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { PropertyMap } from "../../local/engine/values.ts";
import { GROUP, SAMPLES, SUBSCRIPTION } from "./support/samples.ts";
import { openWorld } from "./support/world.ts";

const of = (key: string): PropertyMap => SAMPLES[key]!.inputs;

describe("what is in nothing is refused in Azure's words", () => {
  test("without its group", async () => {
    const world = await openWorld();
    for (const key of ["keyvault:Vault", "dbforpostgresql:Database", "consumption:Budget", "authorization:ManagementLockByScope"])
      await expect(world.create(key, of(key))).rejects.toThrow("ResourceGroupNotFound: Resource group 'ferry-rg' could not be found.");
    expect(world.ids()).toEqual([]);
  });

  test("without its parent, and without what it extends", async () => {
    const world = await openWorld();
    world.byHand(GROUP);
    const parents: Record<string, string> = {
      "dbforpostgresql:Database": "ferry-db",
      "containerservice:AgentPool": "ferry",
      "keyvault:Secret": "ferry-kv",
      "network:Subnet": "ferry",
      "privatedns:VirtualNetworkLink": "privatelink.vaultcore.azure.net",
      "redisenterprise:Database": "ferry-cache",
    };
    for (const [key, parent] of Object.entries(parents))
      await expect(world.create(key, of(key))).rejects.toThrow(
        `ParentResourceNotFound: Can not perform requested operation on nested resource. Parent resource '${parent}' not found.`,
      );
    await expect(world.create("monitor:DiagnosticSetting", of("monitor:DiagnosticSetting"))).rejects.toThrow(
      "ResourceNotFound: The Resource 'Microsoft.ContainerService/managedClusters/ferry' under resource group 'ferry-rg' was not found.",
    );
    // How it gets there in the local world is said, and true.
    const said = await world.create("keyvault:Secret", of("keyvault:Secret")).catch((error: Error) => error.message);
    const vault = `${GROUP}/providers/Microsoft.KeyVault/vaults/ferry-kv`;
    expect(said).toContain(`make it by hand: ${world.file(vault)} with { "id": "${vault}", "type": "", "properties": {} }`);
    world.byHand(vault);
    await world.create("keyvault:Secret", of("keyvault:Secret"));
  });

  test("a subscription's own need nothing", async () => {
    const world = await openWorld();
    await world.create("consumption:Budget", { ...of("consumption:Budget"), scope: `/subscriptions/${SUBSCRIPTION}` });
    await world.create("resources:ResourceGroup", of("resources:ResourceGroup"));
  });
});

describe("what goes when something is deleted", () => {
  test("a group with everything in it, a server with its databases", async () => {
    const world = await openWorld();
    const group = await world.create("resources:ResourceGroup", of("resources:ResourceGroup"));
    const server = await world.create("dbforpostgresql:Server", of("dbforpostgresql:Server"));
    await world.create("dbforpostgresql:Database", of("dbforpostgresql:Database"));
    await world.create("containerregistry:Registry", of("containerregistry:Registry"));
    await world.remove("dbforpostgresql:Server", server);
    expect(world.ids().map((id) => id.split("/").at(-1))).toEqual(expect.arrayContaining(["ferry-rg", "ferry00"]));
    expect(world.ids()).toHaveLength(2);
    await world.remove("resources:ResourceGroup", group);
    expect(world.ids()).toEqual([]);
  });

  test("no zone that has links, and no subnet or network that somebody is in", async () => {
    const world = await openWorld();
    world.byHand(GROUP);
    const zone = await world.create("privatedns:PrivateZone", of("privatedns:PrivateZone"));
    const link = await world.create("privatedns:VirtualNetworkLink", of("privatedns:VirtualNetworkLink"));
    await expect(world.remove("privatedns:PrivateZone", zone)).rejects.toThrow(
      "CannotDeleteResource: Cannot delete resource while nested resources exist. Some existing nested resource IDs include: 'Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/ferry'.",
    );
    await world.remove("privatedns:VirtualNetworkLink", link);
    await world.remove("privatedns:PrivateZone", zone);

    const network = await world.create("network:VirtualNetwork", of("network:VirtualNetwork"));
    const subnet = await world.create("network:Subnet", of("network:Subnet"));
    const endpoint = await world.create("network:PrivateEndpoint", of("network:PrivateEndpoint"));
    for (const [key, held] of [
      ["network:Subnet", subnet],
      ["network:VirtualNetwork", network],
    ] as const)
      await expect(world.remove(key, held)).rejects.toThrow(
        `InUseSubnetCannotBeDeleted: Subnet nodes is in use by ${endpoint.id} and cannot be deleted.`,
      );
    await world.remove("network:PrivateEndpoint", endpoint);
    await world.remove("network:VirtualNetwork", network);
    expect(world.exists(subnet.id)).toBe(false);
  });
});

describe("locks", () => {
  const lockOn = (scope: string, level = "CanNotDelete"): PropertyMap => ({ scope, lockName: "kept", level });

  test("hold what they are on, what is in it and what it is in, until they go; and hold no change back", async () => {
    const world = await openWorld();
    const group = await world.create("resources:ResourceGroup", of("resources:ResourceGroup"));
    const server = await world.create("dbforpostgresql:Server", of("dbforpostgresql:Server"));
    const refused = (id: string, scope: string) =>
      `ScopeLocked: The scope '${id}' cannot perform delete operation because following scope(s) are locked: '${scope}'. Please remove the lock and try again. (kept)`;
    const onGroup = await world.create("authorization:ManagementLockByScope", lockOn(GROUP));
    await expect(world.remove("resources:ResourceGroup", group)).rejects.toThrow(refused(GROUP, GROUP));
    await expect(world.remove("dbforpostgresql:Server", server)).rejects.toThrow(refused(server.id, GROUP));
    const changed = await world.update("dbforpostgresql:Server", server, { ...of("dbforpostgresql:Server"), tags: { a: "b" } });
    await world.remove("authorization:ManagementLockByScope", onGroup);

    await world.create("authorization:ManagementLockByScope", lockOn(server.id));
    await expect(world.remove("resources:ResourceGroup", group)).rejects.toThrow(refused(GROUP, server.id));
    expect((await world.read("dbforpostgresql:Server", changed))?.outputs.tags).toEqual({ a: "b" });
  });

  test("that let read alone let nothing be written either", async () => {
    const world = await openWorld();
    await world.create("resources:ResourceGroup", of("resources:ResourceGroup"));
    const vault = await world.create("keyvault:Vault", of("keyvault:Vault"));
    await world.create("authorization:ManagementLockByScope", lockOn(GROUP, "ReadOnly"));
    await expect(world.create("dbforpostgresql:Server", of("dbforpostgresql:Server"))).rejects.toThrow(
      /ScopeLocked: .*cannot perform write/,
    );
    await expect(world.update("keyvault:Vault", vault, of("keyvault:Vault"))).rejects.toThrow(/ScopeLocked: .*cannot perform write/);
    await expect(world.remove("keyvault:Vault", vault)).rejects.toThrow(/ScopeLocked: .*cannot perform delete/);
  });
});

describe("names", () => {
  const elsewhere = `/subscriptions/${SUBSCRIPTION}/resourceGroups/boat-rg`;

  test.each([
    ["containerregistry:Registry", "AlreadyInUse: The registry DNS name ferry00.azurecr.io is already in use."],
    ["dbforpostgresql:Server", "ServerNameAlreadyExists: Specified server name is already used."],
    ["keyvault:Vault", "VaultAlreadyExists: The vault name 'ferry-kv' is already in use."],
    ["redisenterprise:RedisEnterprise", "NameNotAvailable: An error occured when trying to reserve the DNS name for the cache instance."],
  ])("of a %s are one in all of Azure", async (key, words) => {
    const world = await openWorld();
    world.byHand(GROUP);
    world.byHand(elsewhere);
    const first = await world.create(key, of(key));
    const second = { ...of(key), resourceGroupName: "boat-rg" };
    await expect(world.create(key, second)).rejects.toThrow(words);
    await expect(world.create(key, second)).rejects.toThrow(`It is ${first.id}.`);
    expect(world.exists(world.idOf(key, second))).toBe(false);
  });

  test("of a deleted vault stay taken, the vault's group gone or not, until it is purged", async () => {
    const world = await openWorld();
    const group = await world.create("resources:ResourceGroup", of("resources:ResourceGroup"));
    await world.create("keyvault:Vault", of("keyvault:Vault"));
    await world.remove("resources:ResourceGroup", group);
    await world.create("resources:ResourceGroup", of("resources:ResourceGroup"));
    const deleted = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/ferry-kv`;
    await expect(world.create("keyvault:Vault", of("keyvault:Vault"))).rejects.toThrow(
      /ConflictError: A vault with the same name already exists in deleted state\. .*deletedVaults\/ferry-kv; in the local world, delete /,
    );
    expect(world.ids()).toContain(deleted);
  });

  test("are the same in any case, as ids are", async () => {
    const world = await openWorld();
    world.byHand(GROUP.replace("ferry-rg", "Ferry-RG"));
    const vault = await world.create("keyvault:Vault", of("keyvault:Vault"));
    expect(world.ids().filter((id) => id.includes("ferry-rg"))).toEqual([]);
    expect((await world.read("keyvault:Vault", { id: vault.id.toUpperCase().replace("AZURE-NATIVE", "azure-native") }))?.outputs.name).toBe(
      "ferry-kv",
    );
    await expect(world.create("keyvault:Vault", { ...of("keyvault:Vault"), vaultName: "FERRY-KV" })).rejects.toThrow("exists already");
  });
});

test("a damaged file is named with what to do", async () => {
  const world = await openWorld();
  const group = await world.create("resources:ResourceGroup", of("resources:ResourceGroup"));
  writeFileSync(world.file(group.id), "{");
  await expect(world.read("resources:ResourceGroup", group)).rejects.toThrow(
    /ferry-rg\.json is damaged: it must hold .* Mend it, or delete it/,
  );
  expect(readFileSync(world.file(group.id), "utf8")).toBe("{");
});
