import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../setup.ts";
import { GROUP, Harbour } from "./harbour.ts";

/** A platform and an environment on it, from nothing to nothing. Each test goes on from where the one before left it. */
let harbour: Harbour;
/** The same application where others made its objects before. */
let elsewhere: Harbour;
beforeAll(async () => {
  harbour = await Harbour.open();
  elsewhere = await Harbour.open();
});
afterAll(() => Promise.all([harbour, elsewhere].map((one) => one?.remove())));

const SERVER = `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/harbour-db`;
const ENDPOINT = `${GROUP}/providers/Microsoft.Network/privateEndpoints/harbour-vault-vault-endpoint`;

/** Rows of the how-to's table: type, name, and the id for this application. */
const table = readFileSync(path.join(import.meta.dirname, "../../../docs/how-to/run-on-azure.md"), "utf8")
  .split("\n")
  .flatMap((line) => /^\| `(azure-native:[^`]+)` \| `([^`]+)` \| (?:`([^`]+)`)? ?\|$/.exec(line) ?? [])
  .reduce<string[][]>((rows, cell, index) => {
    if (index % 4 === 0) rows.push([]);
    else rows.at(-1)!.push(cell ?? "");
    return rows;
  }, [])
  .map(([type = "", name = "", rest = ""]) => ({ type, name: name.replace("POOL", "apps"), id: GROUP + named(rest, type) }));

/** Whose name stands for NAME in the table. */
function named(rest: string, type: string): string {
  const names: Record<string, string> = {
    "azure-native:containerservice:ManagedCluster": "harbour-aks",
    "azure-native:containerservice:AgentPool": "harbour-aks",
    "azure-native:dbforpostgresql:Server": "harbour-db",
    "azure-native:keyvault:Vault": "harbour-vault",
  };
  return rest.replace("NAME", names[type] ?? "harbour").replace("POOL", "apps");
}

describe("an environment on Azure", () => {
  test("is previewed with a warning before its platform exists, and not brought up", async () => {
    expect(await harbour.said("preview quay")).toContain(
      'warning: "platform" gives out no Azure yet: the names of its settings stand in for it. Bring it up first: liftlock up platform',
    );
    expect(await harbour.said("up quay", 1)).toContain(
      '"platform" gives out no Azure yet, and "quay" lives in it. Bring it up first: liftlock up platform',
    );
    expect(harbour.ids()).toEqual([]);
  });

  test("comes up in the cluster whose login the platform gives out; a second up of both does nothing", async () => {
    await harbour.said("up platform");
    await harbour.said("up quay");
    await harbour.said("up platform --expect-no-changes");
    await harbour.said("up quay --expect-no-changes");
    expect(harbour.ids()).toEqual(expect.arrayContaining([SERVER, ENDPOINT]));

    const { out } = await harbour.run("outputs platform --json --show-secrets");
    const login = new KubeConfig();
    login.loadFromString(JSON.parse(out).kubeconfig);
    const { metadata } = await login.makeApiClient(CoreV1Api).readNamespace({ name: harbour.namespace });
    expect(metadata?.name).toBe(harbour.namespace);
    const text = await harbour.said("outputs platform --json");
    expect(JSON.parse(text).kubeconfig).toBe("[secret]");
    const key = login.getCurrentUser()?.keyData ?? "";
    expect(key.length).toBeGreaterThan(100);
    expect(text).not.toContain(key);
  });

  test("what is changed by hand in Azure is found and mended", async () => {
    harbour.change(SERVER, { backup: { backupRetentionDays: 35, geoRedundantBackup: "Disabled" } });
    rmSync(harbour.file(ENDPOINT));
    const drift = await harbour.said("drift quay", 3);
    expect(drift).toMatch(/- PrivateEndpoint azure-vault-endpoint is gone/);
    expect(drift).toMatch(/~ Server azure-database\s+~ backup\.backupRetentionDays +7 -> 35/);
    expect(drift).toContain("To put back what is in Azure: liftlock up quay --refresh");
    await harbour.said("drift platform");
    const seen = await harbour.said("preview quay --refresh --expect-no-changes", 3);
    expect(seen).toMatch(/Server azure-database: backup\.backupRetentionDays 35 -> 7/);
    expect(seen).toMatch(/\+ {2}azure-vault: PrivateEndpoint/);
    await harbour.said("up quay --refresh");
    expect(harbour.properties(SERVER).backup.backupRetentionDays).toBe(7);
    expect(harbour.ids()).toContain(ENDPOINT);
    await harbour.said("drift quay");
  });

  test("so is what is changed by hand at its Gateway in the cluster, and a look at everything finds both", async () => {
    const objects = harbour.objects();
    const inGateway = { group: "gateway.networking.k8s.io", version: "v1", namespace: harbour.gateway, plural: "gateways" };
    const publicOne = { ...inGateway, name: "public" };
    const proxies = { group: "gateway.envoyproxy.io", version: "v1alpha1", namespace: harbour.gateway, plural: "envoyproxies" };
    const [metadata, spec] = [
      { name: "by-hand" },
      { gatewayClassName: harbour.gateway, listeners: [{ name: "more", port: 81, protocol: "HTTP" }] },
    ];
    const body = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", metadata, spec };
    await objects.createNamespacedCustomObject({ ...inGateway, body });
    const open = [{ op: "replace", path: "/spec/listeners/0/allowedRoutes/namespaces", value: { from: "All" } }];
    await objects.patchNamespacedCustomObject({ ...publicOne, body: open });
    await objects.deleteNamespacedCustomObject({ ...proxies, name: harbour.gateway });
    await objects.patchClusterCustomObject({ ...harbour.gatewayClass, body: [{ op: "add", path: "/spec/description", value: "mine" }] });
    const found = [
      new RegExp(`~ Gateway ${harbour.gateway}/public\\s+~ spec\\.listeners\\[http\\]\\.allowedRoutes`),
      new RegExp(`\\+ Gateway ${harbour.gateway}/by-hand was added`),
      new RegExp(`- EnvoyProxy ${harbour.gateway}/${harbour.gateway} is gone`),
      new RegExp(`GatewayClass ${harbour.gateway}\\s+\\+ spec\\.description`),
    ];
    for (const line of ["drift platform", "drift"]) {
      const said = await harbour.said(line, 3);
      for (const one of found) expect(said).toMatch(one);
    }
    await harbour.said("up platform --refresh");
    const listener = ((await objects.getNamespacedCustomObject(publicOne)) as { spec: { listeners: object[] } }).spec.listeners[0];
    expect(listener).toMatchObject({ allowedRoutes: { namespaces: { from: "Selector" } } });
    await objects.getNamespacedCustomObject({ ...proxies, name: harbour.gateway });
    // What no stack declares, no up takes away.
    expect(await harbour.said("drift platform", 3)).toMatch(/platform: 2 findings in 2 objects/);
    await harbour.said("drift platform --fix --yes --include Gateway/by-hand");
    await harbour.said("drift platform");
  });

  test("what exists is taken over as the how-to says, row by row, and nothing of it is made anew", async () => {
    expect(table.map(({ name }) => name)).toEqual(expect.arrayContaining(["group", "cluster", "azure-database", "azure-vault"]));
    elsewhere.found(
      harbour,
      table.map(({ id }) => id),
    );
    const stackOf = ({ name }: { name: string }) => (name.startsWith("azure-") ? "quay" : "platform");
    // One by one, as it is written there, at the top and in a component; the others at once.
    const single = table.filter(({ name }) => ["group", "cluster", "azure-vault"].includes(name));
    for (const { type, name, id } of single) {
      const text = await elsewhere.said(`import ${stackOf({ name })} --type ${type} --name ${name} --id ${id}`);
      expect(text).toContain("1 object imported");
      expect(text).toContain("The program declares it. What the next up would change: liftlock preview");
    }
    for (const stack of ["platform", "quay"]) {
      const resources = table.filter((row) => stackOf(row) === stack && !single.includes(row));
      writeFileSync(path.join(elsewhere.dir, "import.json"), JSON.stringify({ resources }));
      expect(await elsewhere.said(`import ${stack} --file import.json`)).toContain("imported");
    }
    const before = table.map(({ id }) => [id, elsewhere.properties(id)]);
    const up = await elsewhere.said("up platform");
    expect(up).not.toMatch(/replaced|deleted/);
    for (const { name } of table.filter((row) => stackOf(row) === "platform")) expect(up).not.toMatch(new RegExp(` ${name} created`));
    await elsewhere.said("up platform --expect-no-changes");
    const preview = await elsewhere.said("preview quay");
    expect(preview).not.toMatch(/replace|delete|\+ .*(Server|Vault\b)/);
    expect(before.map(([id]) => [id, elsewhere.properties(id)])).toEqual(before);
  });

  test("what is locked or protected is not destroyed; what is not leaves nothing but the vault's name", async () => {
    expect(await harbour.said("destroy quay --yes", 1)).toMatch(
      /quay is not destroyed: platform locks \/subscriptions\/[^ ]+ \(platform\.azure\.lock\), and nothing in it can be deleted/,
    );
    harbour.set("platform", ["harbour:platform", "azure", "lock"], false);
    await harbour.said("up platform");
    await harbour.said("destroy quay --yes");
    await eventually("the namespace is gone", async () =>
      harbour
        .core()
        .readNamespace({ name: harbour.namespace })
        .then(
          () => undefined,
          ({ code }) => (code === 404 ? true : undefined),
        ),
    );
    expect(harbour.ids().filter((id) => /harbour-(db|vault|cache)/.test(id))).toEqual([
      expect.stringMatching(/\/deletedVaults\/harbour-vault$/),
    ]);
    expect(await harbour.said("destroy platform --yes", 1)).toContain("it holds what is protected");
    harbour.set("platform", ["harbour:platform", "protect"], false);
    await harbour.said("up platform");
    await harbour.said("destroy platform --yes");
    expect(harbour.ids()).toEqual([expect.stringMatching(/\/deletedVaults\/harbour-vault$/)]);
  });
});
