import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { withHost } from "../../components/azure/database-url.ts";
import type { History } from "../../components/history.ts";
import { afterRestore } from "../../components/restore.ts";
import type { HistoryEntry } from "../../ops/engine.ts";
import { type Configuration, settingOf } from "../../ops/promotion/configuration.ts";
import { withLineageInFile } from "../../ops/restore/server/file.ts";
import {
  begun,
  databaseOf,
  finished,
  type Lineage,
  lineageOf,
  nameFor,
  servingOf,
  staged,
  suffixOf,
  withLineage,
  withServersOf,
} from "../../ops/restore/server/lineage.ts";
import { checkFault, planServer } from "../../ops/restore/server/plan.ts";
import { firstTried, schemaAt } from "../../ops/restore/server/schema-at.ts";
import { requireServer } from "../../ops/restore/server/standing.ts";
import { keptByPeople } from "../../ops/restore/server/vault.ts";
import { readMoment, requireWithin, windowOf } from "../../ops/restore/server/window.ts";
import { unfinished, unfinishedText } from "../../ops/restore/unfinished.ts";
import { deploymentsOf } from "../../ops/rollback/deployments.ts";
import { wayBack } from "../../ops/rollback/go-back.ts";
import { restoreLines } from "../../ops/rollback/words.ts";

const at = "2026-01-15T10:00:00Z";
const first: Lineage = { name: "acme-db", subnetName: undefined, origin: undefined, restored: undefined };
const second = begun(first, { name: "acme-db-20260115t100000", at, databases: [] });

describe("a moment", () => {
  test.each([
    ["2026-01-15T10:00:00Z", at],
    ["2026-01-15T11:00:00+01:00", at],
    ["2026-01-15t10:00z", at],
    ["2026-01-15T10:00:00.250Z", "2026-01-15T10:00:00.250Z"],
  ])("%s is read", async (text, expected) => expect(await readMoment(text)).toBe(expected));
  test.each([
    ["2026-01-15T10:00:00", "say the time and its zone"],
    ["2026-01-15", "say the time and its zone"],
    ["yesterday", "is no time in ISO 8601 with a zone"],
    ["2026-02-30T10:00:00Z", "is no time that exists"],
    ["2026-01-15T25:00:00Z", "is no time that exists"],
  ])("%s is refused", async (text, why) => {
    await expect(readMoment(text)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(why) });
  });
});

describe("the window", () => {
  const now = new Date("2026-01-20T12:00:00Z");
  const state = (more: object, outputs: object = {}) => ({
    deployment: {
      resources: [
        { type: "azure-native:network:Subnet", inputs: { serverName: "acme-db" } },
        {
          type: "azure-native:dbforpostgresql:Server",
          inputs: { serverName: "acme-db", backup: { backupRetentionDays: 7, geoRedundantBackup: "Enabled" } },
          outputs: { backup: outputs },
          ...more,
        },
      ],
    },
  });
  test.each([
    ["the days that are kept", {}, {}, "2026-01-13T12:00:00.000Z"],
    ["a server that is younger than that", { created: "2026-01-18T09:00:00.000Z" }, {}, "2026-01-18T09:00:00.000Z"],
    ["Azure's own word", {}, { earliestRestoreDate: "2026-01-16T08:00:00+00:00" }, "2026-01-16T08:00:00.000Z"],
    ["Azure's own word of long ago", {}, { earliestRestoreDate: "2026-01-02T08:00:00+00:00" }, "2026-01-13T12:00:00.000Z"],
  ])("begins by %s", (_, more, outputs, earliest) => {
    expect(windowOf(state(more, outputs), "acme-db", now)).toEqual({
      server: "acme-db",
      earliest,
      latest: now.toISOString(),
      retentionDays: 7,
      geoRedundant: true,
    });
  });
  test("is that of a server which is up", () => expect(windowOf(state({}), "other", now)).toBeUndefined());
  test("lets in its ends, and nothing outside", () => {
    const window = windowOf(state({}), "acme-db", now)!;
    expect(() => requireWithin(window, window.earliest)).not.toThrow();
    expect(() => requireWithin(window, window.latest)).not.toThrow();
    expect(() => requireWithin(window, "2026-01-13T11:59:59Z")).toThrow(/too long ago.*from 2026-01-13T12.* to 2026-01-20T12/);
    expect(() => requireWithin(window, "2026-01-20T12:00:01Z")).toThrow(/in the future/);
  });
});

const config = (schemaVersion: string | undefined, more: Record<string, unknown> = {}): Configuration =>
  Object.fromEntries(
    Object.entries({
      release: { version: "1.0.0", commit: "a".repeat(40), images: {}, ...(schemaVersion === undefined ? {} : { schemaVersion }) },
      ...more,
    }).map(([key, value]) => [`acme:${key}`, { value: JSON.stringify(value), objectValue: value, secret: false }]),
  );
const update = (hour: number, configuration: Configuration, result: HistoryEntry["result"] = "succeeded"): HistoryEntry => {
  const time = (minute: number) => `2026-01-15T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00.000Z`;
  return {
    version: hour,
    kind: "update",
    startTime: time(0),
    endTime: time(10),
    message: "",
    result,
    environment: {},
    config: configuration,
    resourceChanges: { update: 1 },
  };
};

describe("the schema of a moment", () => {
  const history = [update(12, config("c")), update(9, config("b")), update(8, config("b"), "failed"), update(6, config("a"))];
  test.each([
    ["05:00", { schema: "" }],
    ["06:05", { during: { schema: "a", from: "2026-01-15T06:00:00.000Z", until: "2026-01-15T06:10:00.000Z" } }],
    ["07:00", { schema: "a" }],
    ["08:00", { schema: "a" }],
    ["08:30", { during: { schema: "b", from: "2026-01-15T08:00:00.000Z", until: "2026-01-15T09:10:00.000Z" } }],
    ["10:00", { schema: "b" }],
    ["13:00", { schema: "c" }],
  ])("%s", (time, expected) => expect(schemaAt(`2026-01-15T${time}:00Z`, ["a", "b", "c"], history, "acme")).toEqual(expected));
  test("is known of versions that are older than the history", () =>
    expect(schemaAt("2026-01-15T07:00:00Z", ["old", "c"], history, "acme")).toEqual({ schema: "old" }));
});

describe("the servers of an environment", () => {
  test("are named after the first one and the moment, as long as Azure allows", () => {
    expect(nameFor(first, suffixOf(at))).toBe("acme-db-20260115t100000");
    expect(nameFor({ ...first, name: "acme-db-20260115t100000", subnetName: "acme-db" }, suffixOf("2026-02-01T08:30:00.250Z"))).toBe(
      "acme-db-20260201t083000",
    );
    const long = nameFor({ ...first, name: "a".repeat(63) }, suffixOf(at));
    expect(long).toHaveLength(63);
    expect(long).toMatch(/-20260115t100000$/);
  });
  test("serve one at a time, and the other is retired", () => {
    expect([second, staged(second, "ready"), staged(second, "serving")].map(servingOf)).toEqual([
      "acme-db",
      "acme-db",
      second.restored.name,
    ]);
    expect(finished(first)).toMatchObject({ retired: undefined });
    expect(finished(staged(second, "ready"))).toEqual({
      lineage: { name: "acme-db", subnetName: undefined, origin: undefined },
      retired: second.restored.name,
    });
    const { lineage, retired } = finished(staged(second, "serving"));
    expect([retired, lineage]).toEqual([
      "acme-db",
      { name: second.restored.name, subnetName: "acme-db", origin: { server: "acme-db", at, databases: [] } },
    ]);
    const third = finished(staged(begun(lineage, { name: "acme-db-3", at, databases: [] }), "serving"));
    expect(third).toMatchObject({ retired: second.restored.name, lineage: { name: "acme-db-3", subnetName: "acme-db" } });
  });

  const file = path.join(import.meta.dirname, "../../examples/studysphere/Pulumi.production.yaml");
  const text = readFileSync(file, "utf8");
  const own = { ...first, name: "studysphere-postgres-prod" };
  const lines = (one: string, other: string) => one.split("\n").filter((line) => !other.split("\n").includes(line));
  test("are written into the settings line by line, with every comment", () => {
    const read = (now: string) => parse(now).config["studysphere:environment"].azure.database;
    const write = (before: string, lineage: Lineage) => withLineageInFile({ file, text: before }, "studysphere", lineage);
    const started = begun(own, { name: "studysphere-postgres-prod-2", at, databases: ["app"] });
    const made = write(text, started);
    expect(lines(text, made)).toEqual([]);
    expect(read(made).restored).toEqual({ name: "studysphere-postgres-prod-2", at, stage: "made", databases: ["app"] });
    expect(made).toContain(`at: "${at}"`);
    const served = write(made, staged(started, "serving"));
    expect(lines(served, made)).toEqual(["          stage: serving"]);
    const end = write(served, finished(staged(started, "serving")).lineage);
    expect(read(end)).toMatchObject({ name: "studysphere-postgres-prod-2", subnetName: own.name, origin: { server: own.name, at } });
    expect(lines(text, end)).toEqual(["        name: studysphere-postgres-prod"]);
    expect(write(made, finished(staged(started, "ready")).lineage)).toBe(text);
  });
  test.each([
    ["on one line", "config:\n  acme:environment:\n    azure: { platform: p, database: { name: acme-db } } # why\n"],
    ["with an alias", "x: &d { name: acme-db }\nconfig:\n  acme:environment:\n    azure:\n      platform: p\n      database: *d\n"],
    [
      "last in the file, without a newline",
      "config:\n  environment:\n    azure:\n      platform: p\n      database:\n        name: acme-db",
    ],
  ])("are written also where the settings are %s", (_, written) => {
    const result = withLineageInFile({ file: "Pulumi.x.yaml", text: written }, "acme", second);
    const { config: all } = parse(result);
    const {
      restored: { databases: ___, ...restored },
    } = second;
    expect((all["acme:environment"] ?? all.environment).azure.database).toEqual({ name: "acme-db", restored });
  });
});

describe("what an environment's configuration says", () => {
  const environment = (database: object, vault?: object) => ({ azure: { platform: "p", database, ...(vault ? { vault } : {}) } });
  const of = (database: object, vault?: object) =>
    config("a", {
      environment: environment(database, vault),
      application: {
        name: "acme",
        promotion: { path: ["production"] },
        services: [{ name: "api", kind: "web", image: "registry.example.com/api", port: 80 }],
        secrets: { urls: { keys: { DATABASE_URL: { format: "postgresql-url" } } } },
        database: { kind: "postgresql", secret: "DATABASE_URL", tools: `registry.example.com/pg:1@sha256:${"1".repeat(64)}` },
      },
    });
  const opened = (configuration: Configuration) => ({
    project: { name: "acme", dir: "", stacks: [] },
    stack: "production",
    before: { configuration } as never,
  });

  test("a server of its own can be restored; a shared one cannot without the others, and says what to do", () => {
    expect(requireServer(opened(of({ name: "acme-db", databases: ["app"] })))).toMatchObject({ name: "acme-db", databases: ["app"] });
    expect(() => requireServer(opened(of({ shared: "acme" })))).toThrow(
      /acme of production is on a server that other environments share.*--backup ID/,
    );
    expect(() => requireServer(opened(config("a", { environment: {} })))).toThrow(/no database server of its own in Azure/);
  });
  test("an address that people keep in a vault is theirs to change", () => {
    const kept = (vault?: object) => keptByPeople(of({ name: "acme-db" }, vault), "acme");
    expect(kept()).toBeUndefined();
    expect(kept({ name: "v", sets: ["urls"], values: "stack" })).toBeUndefined();
    expect(kept({ name: "v", sets: ["other"] })).toBeUndefined();
    expect(kept({ name: "v", sets: ["urls"] })).toEqual({ key: "DATABASE_URL", vault: "v" });
  });
  test("which server has the data does not go back with a release", () => {
    const serving = staged(second, "serving");
    const then = of({ name: "acme-db", tier: "low" });
    const now = withLineage(then, "acme", serving);
    const back = databaseOf(withServersOf(now, then, "acme"), "acme");
    expect(back.kind === "own" && lineageOf(back.server)).toEqual(serving);
    const target = { release: {} as never, id: "", configuration: then, at };
    const shaped = { ...then, "acme:application": { value: "{}", objectValue: { services: [] }, secret: false } };
    for (const to of [target, { ...target, configuration: shaped }])
      expect(wayBack("acme", now, to, false).environment).toEqual(settingOf(now, "acme", "environment"));
    expect(withServersOf(now, of({ shared: "acme" }), "acme")).toEqual(of({ shared: "acme" }));
  });
  test("what stands in the way of a rollback is told with a restore that works", () => {
    const lines = (database: object, migratedAt?: string) =>
      restoreLines(
        { command: "liftlock", options: {} },
        {
          stack: "production",
          project: "acme",
          backup: "b1",
          migratedAt,
          previous: { release: {} as never, id: "1.0.0-x", configuration: of(database), at },
        },
      ).join("\n");
    expect(lines({ name: "acme-db" }, "2026-01-15T10:00:00.900Z")).toMatch(
      /restore production --backup b1\n.*restore production --to 2026-01-15T10:00:00Z /,
    );
    expect(lines({ name: "acme-db" })).toContain("restore production --to TIME ");
    expect(lines({ shared: "acme" })).not.toContain("--to 2");
    const history = [update(12, config("b")), update(9, config("b"), "failed"), update(6, config("a"))];
    expect(firstTried("b", history, "acme")).toBe("2026-01-15T09:00:00.000Z");
    expect(firstTried("c", history, "acme")).toBeUndefined();
  });
  test("what a restore started is what runs; what it stopped is not", () => {
    const stage = (value: object) => config("a", { restore: value });
    const history = [
      update(12, stage({ stage: "stopped", backup: "b" })),
      update(11, stage({ stage: "restored", backup: "b", at })),
      update(10, config("a")),
    ];
    const deployments = deploymentsOf(history, "acme");
    expect(deployments.map(({ at: time }) => time.slice(11, 13))).toEqual(["11", "10"]);
    expect(Object.keys(deployments[0]!.configuration)).not.toContain("acme:restore");
  });
});

describe("a restore to a moment", () => {
  const asked = {
    stack: "production",
    serving: "acme-db",
    restored: { name: "acme-db-2", at },
    release: { version: "1.0.0", commit: "a".repeat(40), images: {}, schemaVersion: "b" },
    applied: ["a", "b"],
    now: new Date("2026-01-15T12:00:00Z"),
    begun: false,
    drill: false,
    files: false,
  };
  test("says what is lost, what migrates again and what stays", () => {
    const { lines, refused } = planServer({ ...asked, schemaAt: { schema: "a" }, files: true });
    expect(refused).toBeUndefined();
    const said = lines.join("\n");
    for (const part of [
      "acme-db-2 gets the data of 2026-01-15T10:00:00Z",
      "LOST to production is everything",
      "migrates b once more",
      "Files in volumes stay",
      "Both servers are paid for",
    ])
      expect(said).toContain(part);
  });
  test.each([
    [
      "within a migration",
      { during: { schema: "b", from: at, until: at } },
      asked.release,
      /nobody can tell which.*--to 2026-01-15T10:00:00Z is before/,
    ],
    [
      "with a newer schema than the release knows",
      { schema: "b" },
      { ...asked.release, schemaVersion: "a" },
      /newer than 1\.0\.0 \(a\) knows/,
    ],
    ["with a schema nobody knows", { schema: "x" }, asked.release, /has the schema x, which production does not know/],
  ])("is refused %s", (_, schema, release, why) => expect(planServer({ ...asked, release, schemaAt: schema }).refused).toMatch(why));
  test("on trial is refused by nothing of the kind", () =>
    expect(planServer({ ...asked, drill: true, schemaAt: { during: { schema: "b", from: at, until: at } } }).refused).toBeUndefined());

  test.each([
    ["an empty server", { tables: 0, schema: "" }, "a", /holds no table/],
    ["another schema", { tables: 4, schema: "b" }, "a", /its schema is b, and by the history of deployments it was a/],
    ["a schema where there was none", { tables: 4, schema: "b" }, "", /it was none/],
  ])("does not take %s", (_, report, expected, why) => expect(checkFault(report, expected, ["a", "b"])).toMatch(why));
  test.each([
    ["the schema of that moment", { tables: 4, schema: "a" }, "a"],
    ["names of the tool's own", { tables: 4, schema: "0f3a" }, "a"],
    ["no table before any migration", { tables: 0, schema: "" }, ""],
    ["whatever it is where nobody knows", { tables: 0, schema: "" }, undefined],
  ])("takes %s", (_, report, expected) => expect(checkFault(report, expected, ["a", "b"])).toBeUndefined());

  const migration = (schemaVersion: string) => ({ schemaVersion, release: "r" });
  const history: History = { quotas: [], qualified: [], migrations: [migration("a"), migration("b")], release: undefined };
  test("migrates again what came after it, and going back takes that back", () => {
    const there = afterRestore(history, { stage: "restored", backup: "new", at, schemaVersion: "a" });
    expect(there.migrations).toEqual([migration("a")]);
    const later = { ...there, migrations: [migration("a"), migration("c")] };
    const back = afterRestore(later, { stage: "back", from: "new", backup: "old", at });
    expect([back.migrations, back.restored]).toEqual([history.migrations, { backup: "old", at }]);
    // The cut-over never got through: what the outputs say is still that of the server before.
    expect(
      afterRestore({ ...history, restored: { backup: "other", at, before: [] } }, { stage: "back", from: "new", backup: "old", at })
        .migrations,
    ).toEqual(history.migrations);
  });
  test("that was interrupted says how it is finished", () => {
    const text = (outputs: object) =>
      unfinishedText({ command: "liftlock", options: { local: true } }, "production", unfinished(outputs as Record<string, unknown>)!);
    expect(unfinished({})).toBeUndefined();
    expect(text({ restoring: "acme-db-2", restoringBy: `--to ${at}` })).toMatch(
      /interrupted\. Finish it first: liftlock restore production --to 2026-01-15T10:00:00Z --local$/,
    );
    expect(text({ restoring: "b1" })).toMatch(/its data may be half of each.*restore production --backup b1 --local$/);
  });
});

describe("a database's URL with another host", () => {
  test.each([
    ["postgresql://app:pass@old.example.com/app", "postgresql://app:pass@new.example.com/app"],
    ["postgres://app:p%40ss:w@old:6432/app?sslmode=require", "postgres://app:p%40ss:w@new.example.com:6432/app?sslmode=require"],
    ["postgresql+asyncpg://app:a@b@old/app", "postgresql+asyncpg://app:a@b@new.example.com/app"],
    ["postgresql://app@[::1]:5432/app", "postgresql://app@new.example.com:5432/app"],
    ["postgresql://old", "postgresql://new.example.com"],
    ["postgresql://app:p@one:5433,two:5434/app", "postgresql://app:p@new.example.com:5433/app"],
    ["postgresql://app:p@/app?host=old.example.com&sslmode=verify-full", "postgresql://app:p@new.example.com/app?sslmode=verify-full"],
    ["postgresql://app:p@old/app\n", "postgresql://app:p@new.example.com/app"],
  ])("%s", (url, expected) => expect(withHost(url, "new.example.com", "DATABASE_URL")).toBe(expected));
  test("what is no URL is refused, and not shown", () => {
    const value = "host=old password=planted-4711";
    expect(() => withHost(value, "new.example.com", "DATABASE_URL")).toThrow(/^DATABASE_URL is no URL/);
    expect(() => withHost(value, "new.example.com", "DATABASE_URL")).not.toThrow(/planted/);
  });
});
