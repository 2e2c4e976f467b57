import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseDocument, stringify } from "yaml";
import { findWorld } from "../../../local/world.ts";
import { keepValue } from "../../../ops/local/secret-values.ts";
import { Project, release } from "../promotion/project.ts";
import { eventually } from "../setup.ts";

/**
 * An environment whose database is a server in Azure, taken back to a moment by another server. The stand-in for Azure holds servers as files
 * and runs no PostgreSQL: what the new one holds is tests/tools' affair.
 */
const planted = "planted-4711";
let project: Project;
let namespace: string;
let said = "";
let at: string;
let old: Record<string, string>;

const platform = (lock: boolean) => ({
  config: {
    "shop:platform": { azure: { location: "westeurope", resourceGroup: "shop-rg", lock, network: { range: "10.40.0.0/16" } } },
  },
});

beforeAll(async () => {
  project = await new Project({ database: true }).init();
  namespace = project.namespace("lower");
  project.write("lower", release("1.0.0", "", { schemaVersion: "a" }));
  const file = parseDocument(project.readStackFile("lower"));
  const environment = (...key: string[]) => ["config", "shop:environment", ...key];
  file.setIn(environment("protect"), true);
  file.setIn(environment("database", "tenancy"), "dedicated");
  file.setIn(environment("database", "cidrs"), ["10.40.2.0/24"]);
  file.setIn(environment("azure"), {
    platform: "platform",
    tier: "high",
    database: {
      name: "shop-db",
      geoBackup: true,
      administrators: [{ name: "dba", objectId: "7d2f7f7e-4a52-4a8b-9a55-0f6f4b1f7a02" }],
      password: { login: "shop", secret: "DATABASE_URL" },
      databases: ["shop"],
    },
  });
  writeFileSync(project.stackFile("lower"), file.toString());
  writeFileSync(path.join(project.dir, "Pulumi.platform.yaml"), stringify(platform(true)));
  const url = `postgresql://app:${planted}@shop-db.postgres.database.azure.com:6432/shop?sslmode=require`;
  await keepValue(project.dir, "shop", "lower", "DATABASE_URL", url);
  await done("up platform", "up lower");
  old = serverFiles("shop-db");
  at = new Date().toISOString();
});
afterAll(() => project.remove());

async function liftlock(line: string) {
  const ended = await project.liftlock(line);
  said += `${ended.out}\n${ended.err}\n`;
  return ended;
}
async function done(...lines: string[]) {
  for (const line of lines) {
    const { exitCode, out, err } = await liftlock(line);
    expect({ line, exitCode, err, out }).toMatchObject({ exitCode: 0, err: "" });
  }
}
/** Begins a command, and presses Ctrl-C as soon as `when` holds. */
async function interrupted(line: string, what: string, when: () => Promise<boolean>) {
  const run = project.interruptible(line);
  await eventually(what, async () => ((await when()) ? true : undefined));
  run.interrupt();
  const ended = await run.ended;
  said += `${ended.out}\n${ended.err}\n`;
  return ended;
}

/** Files below a folder; a command that runs meanwhile makes and removes some. */
const under = (dir: string): string[] =>
  entriesOf(dir).flatMap((name) => {
    const file = path.join(dir, name);
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() ? under(file) : [file];
  });
function entriesOf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
/** What the stand-in has of a server: the server itself, and everything in it, by path. */
function serverFiles(name: string): Record<string, string> {
  const found = under(findWorld(project.dir).dir).filter(
    (file) => file.includes(`/flexibleServers/${name}.json`) || file.includes(`/flexibleServers/${name}/`),
  );
  return Object.fromEntries(found.sort().map((file) => [file.split("/flexibleServers/")[1]!, readFileSync(file, "utf8")]));
}
// biome-ignore lint/suspicious/noExplicitAny: an object as the stand-in keeps it
const propertiesOf = (name: string): any => JSON.parse(serverFiles(name)[`${name}.json`]!).properties;
const database = () => parse(project.readStackFile("lower")).config["shop:environment"].azure.database;

/** The address that the services read, in the cluster. */
async function url(): Promise<string> {
  const core = project.config.makeApiClient(CoreV1Api);
  const { items: pods } = await core.listNamespacedPod({ namespace, labelSelector: "app.kubernetes.io/name=api" });
  const running = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const names = new Set(running.flatMap(({ spec }) => spec?.volumes?.flatMap(({ secret }) => secret?.secretName ?? []) ?? []));
  expect(names.size).toBe(1);
  const secret = await core.readNamespacedSecret({ namespace, name: [...names][0]! });
  return Buffer.from(secret.data!.DATABASE_URL!, "base64").toString("utf8");
}
const urlOn = (server: string) => `postgresql://app:${planted}@${server}.postgres.database.azure.com:6432/shop?sslmode=require`;
const jobs = async (prefix: string) =>
  (await project.config.makeApiClient(BatchV1Api).listNamespacedJob({ namespace })).items.filter(({ metadata }) =>
    metadata?.name?.startsWith(prefix),
  );

describe("the moments that a server can be restored to", () => {
  test("are shown with its backups", async () => {
    const { out } = await liftlock("backups lower");
    expect(out).toMatch(
      /The server shop-db can be restored to any moment from .* to now, .*7 days are kept; a copy of its backups is in the paired region/,
    );
    const [window] = JSON.parse((await liftlock("backups lower --json")).out) as Record<string, string>[];
    expect(window).toMatchObject({ kind: "point-in-time", server: "shop-db", retentionDays: 7, geoRedundant: true });
    expect(Date.parse(window!.earliest!)).toBeLessThanOrEqual(Date.parse(at));
  });

  test.each([
    ["2020-01-15T10:00:00Z", /is too long ago\. shop-db can be restored to any moment from/],
    ["2999-01-15T10:00:00Z", /is in the future/],
    ["2026-01-15T10:00:00", /say the time and its zone/],
  ])("%s is refused", async (time, why) => {
    expect(await liftlock(`restore lower --to ${time} --yes`)).toMatchObject({ exitCode: 2, err: expect.stringMatching(why) });
    expect(database()).not.toHaveProperty("restored");
  });

  test("are asked about first", async () => {
    const { exitCode, out, err } = await liftlock(`restore lower --to ${at}`);
    expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining("Nobody can be asked here: add --yes") });
    expect(out).toMatch(/shop-db stays as it is\.\nLOST to lower is everything/);
    expect(database()).not.toHaveProperty("restored");
  });
});

describe("a restore by another server", () => {
  let name: string;

  test("that is interrupted while the server is made changes nothing that runs, and `up` does no harm", async () => {
    name = `shop-db-${at.slice(0, 19).replace(/[-:]/g, "").toLowerCase()}`;
    const ended = await interrupted(
      `restore lower --to ${at} --yes`,
      "the new server is there",
      async () => `${name}.json` in serverFiles(name),
    );
    expect(ended).toMatchObject({ exitCode: 1, err: expect.stringMatching(/interrupted.*runs on shop-db as before.*restore lower --to/s) });
    await done("up lower");
    expect(await url()).toBe(urlOn("shop-db"));
    expect(database()).toMatchObject({ name: "shop-db", restored: { name, at } });
    expect(serverFiles("shop-db")).toEqual(old);
    expect(await liftlock("restore lower --to 2026-01-15T10:00:00Z --yes")).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/A restore of lower to .* is not over/),
    });
  });

  test("that is interrupted before all is started again keeps it stopped for every other run, and can be gone back from", async () => {
    const ended = await interrupted(
      `restore lower --to ${at} --yes`,
      "the settings name the new server",
      async () => database().restored.stage === "serving",
    );
    expect(ended).toMatchObject({ exitCode: 1, err: expect.stringMatching(/restore lower --to .*restore lower --back/s) });
    expect(await jobs("restore-check-")).toHaveLength(1);
    expect(await liftlock("up lower")).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/lower is stopped: a restore of .* was interrupted.*Finish it first: liftlock restore lower --to/s),
    });
    expect(await liftlock("restore lower --backup latest --yes")).toMatchObject({ exitCode: 1, err: expect.stringContaining("--to") });
    await done("restore lower --back --yes");
    expect(await url()).toBe(urlOn("shop-db"));
    expect(serverFiles("shop-db")).toEqual(old);
    await done("up lower --expect-no-changes");
  });

  test("gone on with, ends on the new server, and the old one is what it was", async () => {
    await done(`restore lower --to ${at} --yes`);
    expect(await url()).toBe(urlOn(name));
    expect(serverFiles("shop-db")).toEqual(old);
    expect(database()).toMatchObject({ name: "shop-db", restored: { name, at, stage: "serving" } });
    expect((await project.entries("restore")).at(-1)).toMatchObject({ stack: "lower", server: name, to: at, result: "succeeded" });
    await done("up lower --expect-no-changes", "drift lower", "log lower --verify");
    expect((await jobs("migrate-")).length).toBe(1);
  });

  test("the new server has everything that the old one has, but for its login, which it brought", async () => {
    const { name: _, fullyQualifiedDomainName: __, administratorLogin, ...before } = propertiesOf("shop-db");
    expect(administratorLogin).toBe("shop");
    expect(propertiesOf(name)).toMatchObject({ ...before, highAvailability: { mode: "ZoneRedundant" } });
    const children = (server: string) =>
      Object.keys(serverFiles(server)).flatMap((file) => {
        const rest = file.slice(server.length);
        return rest === ".json" || rest.startsWith("/databases/") ? [] : [rest];
      });
    expect(children(name)).toEqual(children("shop-db"));
    expect(children(name)).toHaveLength(4);
  });

  test("is finished on demand alone: then the old server is gone, and its lock stands before that", async () => {
    expect(await liftlock("restore lower --finish --yes")).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining("platform.azure.lock"),
    });
    writeFileSync(path.join(project.dir, "Pulumi.platform.yaml"), stringify(platform(false)));
    await done("up platform", "restore lower --finish --yes");
    expect(serverFiles("shop-db")).toEqual({});
    expect(database()).toMatchObject({ name, subnetName: "shop-db", origin: { server: "shop-db", at, databases: ["shop"] } });
    expect(database()).not.toHaveProperty("restored");
    expect(await url()).toBe(urlOn(name));
    expect((await project.entries("server-retired")).at(-1)).toMatchObject({ stack: "lower", server: "shop-db", serving: name });
    await done("up lower --expect-no-changes", "log lower --verify");
    expect(await liftlock("destroy lower --yes")).toMatchObject({ exitCode: 1, err: expect.stringContaining("protected") });
  });

  test("on trial makes a server, asks it and takes it away", async () => {
    const before = serverFiles(name);
    const now = new Date().toISOString();
    await done(`restore lower --to ${now} --drill`);
    expect((await project.entries("restore")).at(-1)).toMatchObject({ server: "shop-db-drill", drill: true, result: "succeeded" });
    expect(serverFiles("shop-db-drill")).toEqual({});
    expect(serverFiles(name)).toEqual(before);
    expect(await jobs("restore-check-")).toEqual([]);
    await done("up lower --expect-no-changes", "log lower --verify");
  });

  test("shows no password, anywhere", () => {
    expect(said).not.toContain(planted);
    const files = under(findWorld(project.dir).dir).filter((file) => !file.endsWith("/secret-values.json"));
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => readFileSync(file, "latin1").includes(planted))).toEqual([]);
    expect(project.readStackFile("lower")).not.toContain(planted);
  });
});
