import { describe, expect, test } from "vitest";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import { redact, Secret } from "../../local/engine/values.ts";
import { inputsOf, planted, rendered, type Written } from "../azure/support.ts";

/** StudySphere's production with a restore on its way: what is declared of its servers, and to which its services are pointed. */
const at = "2026-01-15T10:00:00Z";
const restored = { name: "studysphere-restored", at, databases: ["app"] };
const production = (database: object) =>
  rendered("production", ({ environment }) => {
    environment.azure.database = { ...environment.azure.database, databases: ["app", "later"], ...database };
  });
const [made, serving, over] = await Promise.all([
  production({ restored: { ...restored, stage: "made" } }),
  production({ restored: { ...restored, stage: "serving" } }),
  production({
    name: "studysphere-restored",
    subnetName: "studysphere-postgres-prod",
    origin: { server: "studysphere-postgres-prod", at, databases: ["app"] },
  }),
]);

const serverOf = (resources: readonly RenderedResource[], name: string): RenderedResource =>
  resources.find(({ type, inputs }) => type.endsWith("dbforpostgresql:Server") && inputs.serverName === name)!;
const childrenOf = (resources: readonly RenderedResource[], server: string): string[] =>
  resources
    .filter(({ type, name }) => type.includes("dbforpostgresql:") && !type.endsWith(":Server") && name.startsWith(`${server}-`))
    .map(({ type, name }) => `${type.split(":").at(-1)} ${name.slice(server.length + 1)}`)
    .sort();
// biome-ignore lint/suspicious/noExplicitAny: an object as it is declared
const plain = ({ inputs }: RenderedResource): any => redact(inputs);
const check = (resources: readonly RenderedResource[]) =>
  resources
    .filter(({ name }) => name === "restore-check")
    .map(({ type }) => type.split(":").at(-1))
    .sort();

describe("a server that a restore makes", () => {
  const server = serverOf(made, "studysphere-restored");
  test("is made as Azure makes it, beside the old one, in the old one's subnet and group", () => {
    expect(plain(server)).toMatchObject({
      createMode: "PointInTimeRestore",
      pointInTimeUTC: at,
      sourceServerResourceId: expect.stringMatching(
        /^\/subscriptions\/.*\/resourceGroups\/studysphere-rg\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers\/studysphere-postgres-prod$/,
      ),
      backup: { geoRedundantBackup: "Enabled" },
    });
    expect(Object.keys(plain(server))).not.toEqual(expect.arrayContaining(["highAvailability"]));
    const before = serverOf(made, "studysphere-postgres-prod");
    expect(plain(server).network).toEqual(plain(before).network);
    expect(made.filter(({ type }) => type.endsWith(":Subnet"))).toHaveLength(1);
    expect([before.protect, server.protect ?? false]).toEqual([true, false]);
  });
  test("is asked from where only the database is reached, before anything is pointed to it", () => {
    expect(check(made)).toEqual(["CronJob", "NetworkPolicy", "ServiceAccount"].concat("RestoreCheck").sort());
    const { spec } = plain(made.find(({ type, name }) => type.endsWith(":CronJob") && name === "restore-check")!);
    expect(spec.suspend).toBe(true);
    const policy = plain(made.find(({ type, name }) => type.endsWith(":NetworkPolicy") && name === "restore-check")!).spec;
    expect(policy.egress.at(-1)).toEqual({ to: [{ ipBlock: { cidr: "10.40.2.0/24" } }], ports: [{ protocol: "TCP", port: 5432 }] });
  });
});

describe("a server that a restore made", () => {
  const server = serverOf(serving, "studysphere-restored");
  const old = serverOf(serving, "studysphere-postgres-prod");
  test("has every setting of the old one once it serves, and both are protected", () => {
    const { serverName: _, ...same } = plain(old);
    expect(plain(server)).toMatchObject(same);
    expect([old.protect, server.protect]).toEqual([true, true]);
    expect(server.ignoreChanges).toEqual(
      expect.arrayContaining(["createMode", "pointInTimeUTC", "sourceServerResourceId", "availabilityZone"]),
    );
  });
  test("has the same administrators and configuration; databases that came with it are not made again", () => {
    const before = childrenOf(serving, "azure-database").filter((one) => !one.includes("studysphere-restored"));
    expect(before).toContain("Database app");
    expect(childrenOf(serving, "azure-database-studysphere-restored")).toEqual(before.filter((one) => one !== "Database app"));
  });
  test("stays what it is when the old one is gone, in the same subnet", () => {
    const after = serverOf(over, "studysphere-restored");
    expect([after.name, plain(after)]).toEqual([server.name, plain(server)]);
    expect(inputsOf(over, "Subnet")).toEqual(inputsOf(serving, "Subnet"));
    expect(over.filter(({ type }) => type.endsWith("dbforpostgresql:Server"))).toHaveLength(1);
    expect(check(over)).toEqual([]);
  });
});

test("the address of the database is a secret, whichever server it names", () => {
  for (const resources of [made, serving, over]) {
    const { properties } = resources.find(({ type, name }) => type.endsWith("keyvault:Secret") && name === "azure-vault-DATABASE-URL")!
      .inputs as Written;
    expect(properties instanceof Secret || properties.value instanceof Secret).toBe(true);
    expect(JSON.stringify(resources.map(plain))).not.toContain(planted);
  }
});

test("who asks the new server reads the vault as the services do, for as long as it is asked", () => {
  const subjects = (resources: readonly RenderedResource[]) =>
    resources.filter(({ type }) => type.endsWith("FederatedIdentityCredential")).map(({ name }) => name);
  expect(subjects(made)).toContain("azure-vault-restore-check");
  expect(subjects(over)).not.toContain("azure-vault-restore-check");
});

test("its quota has room for who asks", () => {
  const pods = (resources: readonly RenderedResource[]) =>
    Number(plain(resources.find(({ type }) => type.endsWith(":ResourceQuota"))!).spec.hard.pods);
  expect(pods(made) - pods(over)).toBe(1);
});
