import { describe, expect, test } from "vitest";
import { faultsOf } from "../settings/support.ts";

/** What settings refuse about data, in words. */
// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
type Written = any;

const sqlite = (s: Written, more: object = {}, files?: object) => {
  s.application.database = {
    kind: "sqlite",
    service: "store",
    volume: "data",
    file: "app.db",
    tools: s.application.database.tools,
    ...(files && { files }),
    ...more,
  };
  s.application.secrets.keys.keys.DATABASE_URL = { format: "text" };
  delete s.environment.database.cidrs;
};
const files = (folders: object[], service = "store") => ({ service, folders });

describe("a database in a file", () => {
  test("is right with its service, volume and files", () => {
    expect(
      faultsOf({
        change: (s) => sqlite(s, { migration: { service: "store", command: ["migrate"] } }, files([{ volume: "data", path: "uploads" }])),
      }),
    ).toEqual([]);
  });
  test.each<[string, (s: Written) => void, string]>([
    ["a service without volumes", (s) => sqlite(s, { service: "web" }), 'application.database.service: "web" has no volume of its own'],
    [
      "several writers",
      (s) => {
        sqlite(s);
        s.application.services[3].singleWriter = false;
      },
      'application.database.service: "store" has no volume of its own',
    ],
    ["a volume that is not there", (s) => sqlite(s, { volume: "other" }), 'application.database.volume: "store" has no volume "other"'],
    ["a path that leads out", (s) => sqlite(s, { file: "../app.db" }), "application.database.file: must be a relative path"],
    [
      "a migration without the file",
      (s) => sqlite(s, { migration: { service: "api", command: ["m"] } }),
      'application.database.migration.service: "api" does not have the volume of the database',
    ],
    [
      "files that hold the database",
      (s) => sqlite(s, { file: "db/app.db" }, files([{ volume: "data", path: "db" }])),
      "application.database.files.folders[0].path: holds the database itself",
    ],
    [
      "files elsewhere",
      (s) => sqlite(s, {}, files([{ volume: "data", path: "uploads" }], "web")),
      "application.database.files.service: must be store",
    ],
    [
      "a folder in another",
      (s) =>
        sqlite(
          s,
          {},
          files([
            { volume: "data", path: "a" },
            { volume: "data", path: "a/b" },
          ]),
        ),
      "application.database.files.folders[1].path: lies in another of the folders",
    ],
    [
      "an address",
      (s) => {
        sqlite(s);
        s.environment.database.cidrs = ["10.0.0.0/8"];
      },
      "environment.database.cidrs: a file has no address",
    ],
    [
      "other environments",
      (s) => {
        sqlite(s);
        s.environment.database = { data: "synthetic", tenancy: "shared" };
      },
      "environment.database.tenancy: a file belongs to one environment",
    ],
    [
      "more than one replica",
      (s) => {
        sqlite(s);
        s.environment.services = { store: { replicas: { min: 2, max: 2 } } };
      },
      'environment.services.store.replicas: "store" allows one writer',
    ],
  ])("is refused with %s", (_, change, fault) => {
    expect(faultsOf({ change }).map((text) => text.replace(/^\S+ /, ""))).toContainEqual(expect.stringContaining(fault));
  });
});

describe("real data", () => {
  test.each<[string, (s: Written) => void, string]>([
    [
      "no backup",
      (s) => {
        delete s.environment.database.backup;
      },
      "environment.database.backup: is missing: real data is backed up",
    ],
    [
      "a reset",
      (s) => {
        s.environment.database.reset = { schedule: "0 4 * * 1" };
      },
      "environment.database.reset: real data is never reset",
    ],
    [
      "no address of its server",
      (s) => {
        delete s.environment.database.cidrs;
      },
      "environment.database.cidrs: is missing",
    ],
    [
      "other tenants",
      (s) => {
        s.environment.database.tenancy = "shared";
      },
      "environment.database.tenancy: real data needs a dedicated database",
    ],
  ])("is refused with %s, in a server or in a file", (_, change, fault) => {
    const found = (of: (s: Written) => void) => faultsOf({ change: of }).map((text) => text.replace(/^\S+ /, ""));
    expect(found(change)).toContainEqual(expect.stringContaining(fault));
    if (!fault.includes("cidrs"))
      expect(
        found((s) => {
          sqlite(s, { reset: { service: "store", command: ["reset"] } });
          change(s);
        }),
      ).toContainEqual(expect.stringContaining(fault));
  });
});
