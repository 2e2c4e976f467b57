import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { azureNativeFactory } from "../../local/providers/azure-native/index.ts";
import type { RunResult } from "../../ops/engine.ts";
import { errorsOf, stepList, succeeded, TestProject } from "../engine/support/stack.ts";

vi.setConfig({ testTimeout: 120_000 });
const PASSWORD = "planted-hush-hush-4711";
const GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ferry-rg";
const SERVER = `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/ferry-db`;

const program = (more: { tier?: string; days?: number; login?: string; protect?: boolean; option?: string; extra?: string } = {}) => `
import { ManagementLockByScope } from "@pulumi/azure-native/authorization/index.js";
import { ManagedCluster } from "@pulumi/azure-native/containerservice/index.js";
import { Server } from "@pulumi/azure-native/dbforpostgresql/index.js";
import { ResourceGroup } from "@pulumi/azure-native/resources/index.js";
import * as pulumi from "@pulumi/pulumi";
const group = new ResourceGroup("group", { resourceGroupName: "ferry-rg", location: "westeurope" });
const at = { resourceGroupName: group.name, location: group.location };
const db = new Server("db", {
  ...at, serverName: "ferry-db", version: "17", sku: { name: "Standard_D2ds_v5", tier: "${more.tier ?? "GeneralPurpose"}" },
  backup: { backupRetentionDays: ${more.days ?? 7} }, administratorLogin: "${more.login ?? "ferry"}",
  administratorLoginPassword: new pulumi.Config().requireSecret("password"), ${more.extra ?? ""}
}, { protect: ${more.protect ?? false}, ignoreChanges: ["availabilityZone", "highAvailability.standbyAvailabilityZone"]${more.option ?? ""} });
const cluster = new ManagedCluster("aks", { ...at, resourceName: "ferry-aks", identity: { type: "SystemAssigned" }, oidcIssuerProfile: { enabled: true } });
export const host = db.fullyQualifiedDomainName;
export const issuer = cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL);
export const principal = cluster.identity.apply((identity) => identity?.principalId);
`;
const lock = `
new ManagementLockByScope("lock", { scope: group.id, lockName: "keep", level: "CanNotDelete" });
`;

const changes = (result: RunResult) => stepList(result).filter((step) => !/^(same|refresh) /.test(step) && !step.includes("default"));
const log: string[] = [];
function world(text: string) {
  const project = new TestProject(text);
  project.secrets.password = PASSWORD;
  const dir = path.join(project.dir, "azure");
  const run = async (verb: "up" | "preview" | "refresh" | "destroy", options = {}): Promise<RunResult> => {
    const engine = await project.engine({}, "dev", { providers: [azureNativeFactory({ kind: "stand-in", dir })] });
    const result = await engine[verb]({ ...options, onEvent: (event: unknown) => log.push(JSON.stringify(event)) } as never);
    log.push(JSON.stringify(result));
    return result;
  };
  const write = (next: string) => writeFileSync(path.join(project.dir, "index.ts"), next);
  const stored = (id: string) => JSON.parse(readFileSync(path.join(dir, `${id}.json`), "utf8"));
  const byHand = (id: string, change: (properties: Record<string, never>) => void) => {
    const object = stored(id);
    change(object.properties);
    writeFileSync(path.join(dir, `${id}.json`), JSON.stringify(object));
  };
  return { project, dir, run, write, stored, byHand };
}
const everything = (dir: string): string =>
  readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json"))
    .map((file) => readFileSync(path.join(dir, file), "utf8"))
    .join("\n");

test("Azure's resources live their whole life, and no password leaves in clear", async () => {
  const { project, dir, run, write, stored, byHand } = world(program());
  expect(changes(succeeded(await run("preview")))).toEqual(["create group", "create db", "create aks"]);
  expect(existsSync(dir)).toBe(false);

  const up = succeeded(await run("up"));
  expect(up.outputs).toMatchObject({ host: "ferry-db.postgres.database.azure.com" });
  expect(String(up.outputs?.issuer)).toMatch(/^https:\/\/westeurope\.oic\.prod-aks\.azure\.com\/[-0-9a-f]+\/[-0-9a-f]+\/$/);
  expect(String(up.outputs?.principal)).toMatch(/^[-0-9a-f]{36}$/);
  expect(project.resources().get("db")?.id).toBe(SERVER);
  expect(stored(SERVER)).toMatchObject({ type: "azure-native:dbforpostgresql:Server", properties: { backup: { backupRetentionDays: 7 } } });
  expect(changes(succeeded(await run("up")))).toEqual([]);
  expect(changes(succeeded(await run("preview", { refresh: true })))).toEqual([]);

  // Changed by hand; a zone that Azure chose is none of ours.
  byHand(SERVER, (properties: Record<string, never>) => {
    Object.assign(properties, {
      backup: { ...(properties.backup as unknown as object), backupRetentionDays: 35 },
      availabilityZone: "2",
      tags: { by: "hand" },
    });
  });
  expect(changes(succeeded(await run("up", { refresh: true })))).toEqual(["update db"]);
  expect(stored(SERVER).properties).toMatchObject({ backup: { backupRetentionDays: 7 }, availabilityZone: "2" });
  expect(stored(SERVER).properties.tags).toBeUndefined();

  // In place, then anew; and gone by hand.
  write(program({ days: 14 }));
  expect(changes(succeeded(await run("up")))).toEqual(["update db"]);
  write(program({ login: "other" }));
  expect(changes(succeeded(await run("up")))).toContain("replace db");
  succeeded(await run("refresh"));
  const state = project.stateText();
  succeeded(await run("destroy"));
  expect(everything(dir)).toBe("");
  for (const text of [PASSWORD, Buffer.from(PASSWORD).toString("base64")])
    expect([state, project.stateText(), log.join("\n"), everything(dir)].join("\n")).not.toContain(text);
});

test("what is there already is not run over, an import takes it in, and what is protected or locked stays", async () => {
  const first = world(program());
  succeeded(await first.run("up"));

  // Another state, the same Azure.
  const state = path.join(first.project.backendDir, ".pulumi");
  rmSync(state, { recursive: true });
  expect(errorsOf(await first.run("up"))).toContain(
    `${GROUP} exists already. Adopt it: liftlock import STACK --type azure-native:resources:ResourceGroup --name group --id '${GROUP}'`,
  );
  rmSync(state, { recursive: true });
  const adopting = program({ option: `, import: "${SERVER}"` })
    .replace('location: "westeurope" });', `location: "westeurope" }, { import: "${GROUP}" });`)
    .replace(
      "oidcIssuerProfile: { enabled: true } });",
      `oidcIssuerProfile: { enabled: true } }, { import: "${GROUP}/providers/Microsoft.ContainerService/managedClusters/ferry-aks", ignoreChanges: ["identity", "oidcIssuerProfile"] });`,
    );
  first.write(adopting);
  const imported = succeeded(await first.run("up"));
  expect(
    changes(imported)
      .filter((step) => step.startsWith("import"))
      .sort(),
  ).toEqual(["import aks", "import db", "import group"]);
  first.write(program({ protect: true }) + lock);
  succeeded(await first.run("up"));
  expect(changes(succeeded(await first.run("up")))).toEqual([]);
  await expect(first.run("destroy")).rejects.toThrow(/these resources are protected/);
  expect(first.stored(SERVER).id).toBe(SERVER);
  first.write(program() + lock);
  succeeded(await first.run("up"));
  first.write((program() + lock).replace(/const db = [\s\S]*?standbyAvailabilityZone"\] \}\);/, "").replace(/export const host.*/, ""));
  const locked = errorsOf(await first.run("up"));
  expect(locked).toContain(
    `ScopeLocked: The scope '${SERVER}' cannot perform delete operation because following scope(s) are locked: '${GROUP}'. Please remove the lock and try again. (keep)`,
  );
  expect(first.stored(SERVER).id).toBe(SERVER);
});

test("an address that Azure shows to whoever reads it is in no state in clear, after a refresh either", async () => {
  const { project, run, stored, byHand } = world(`
import { ActionGroup } from "@pulumi/azure-native/monitor/index.js";
import { ResourceGroup } from "@pulumi/azure-native/resources/index.js";
import * as pulumi from "@pulumi/pulumi";
const group = new ResourceGroup("group", { resourceGroupName: "ferry-rg", location: "westeurope" });
const webhookReceivers = [{ name: "relay", serviceUri: new pulumi.Config().requireSecret("password"), useCommonAlertSchema: true }];
const args = { resourceGroupName: group.name, location: "Global", actionGroupName: "told", groupShortName: "told", enabled: true, webhookReceivers };
new ActionGroup("told", args, { additionalSecretOutputs: ["webhookReceivers"] });
`);
  succeeded(await run("up"));
  const told = `${GROUP}/providers/Microsoft.Insights/actionGroups/told`;
  expect(JSON.stringify(stored(told))).not.toContain(PASSWORD);
  expect(changes(succeeded(await run("up", { refresh: true })))).toEqual([]);
  byHand(told, (properties) =>
    Object.assign(properties, { webhookReceivers: [{ name: "relay", serviceUri: PASSWORD, useCommonAlertSchema: true }] }),
  );
  succeeded(await run("refresh"));
  expect(project.stateText()).not.toContain(PASSWORD);
  expect(changes(succeeded(await run("up")))).toEqual([]);
});

test("an unknown property ends the preview and names it", async () => {
  const { run } = world(
    program({ extra: '...({ hihgAvailability: {} } as object), storage: { storageSizeGB: "32" as unknown as number },' }),
  );
  const result = await run("preview");
  expect(errorsOf(result)).toContain("must be a number");
});
