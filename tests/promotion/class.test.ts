import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Configuration, Release } from "../../ops/promotion/configuration.ts";
import { contractTooEarly, pendingMigrations } from "../../ops/promotion/migrations.ts";
import { rollbackClass } from "../../ops/rollback/class.ts";
import { decide, type FailedRun } from "../../ops/rollback/decide.ts";

type Kind = "expand" | "contract";
const release = (version: string, schemaVersion?: string, migrations?: [string, Kind][]): Release => ({
  version,
  commit: "a".repeat(40),
  ...(schemaVersion === undefined ? {} : { schemaVersion }),
  ...(migrations === undefined ? {} : { migrations: migrations.map(([name, kind]) => ({ name, kind })) }),
  images: { api: `registry.example.com/ferry/api:${version}` },
});
const configuration = (environment: object = {}, application: object = {}): Configuration => ({
  "ferry:environment": { value: "", objectValue: { config: { api: { LEVEL: "info" } }, replicas: 2, ...environment }, secret: false },
  "ferry:application": { value: "", objectValue: { name: "ferry", ...application }, secret: false },
  "ferry:DATABASE_URL": { secret: true },
});
const plain = configuration();

describe("rollback class", () => {
  const cases: [string, Release, Release, string[], boolean, string, RegExp][] = [
    ["nothing but images", release("2.0.0", "a"), release("1.0.0", "a"), ["a"], true, "safe", /only images/],
    ["no database at all", release("2.0.0"), release("1.0.0"), [], true, "safe", /only images/],
    [
      "a schema that nobody vouches for",
      release("2.0.0", "b"),
      release("1.0.0", "a"),
      ["a"],
      true,
      "schema-coupled",
      /database is at b.*made for a: nothing says/,
    ],
    [
      "an expand listed from the earlier version on",
      release("2.0.0", "b", [
        ["a", "expand"],
        ["b", "expand"],
      ]),
      release("1.0.0", "a"),
      ["a"],
      true,
      "safe",
      /only images/,
    ],
    [
      "an expand whose list does not reach back",
      release("3.0.0", "c", [["c", "expand"]]),
      release("1.0.0", "a"),
      ["a"],
      true,
      "schema-coupled",
      /listed from a on/,
    ],
    [
      "a contract among expands",
      release("2.0.0", "c", [
        ["a", "expand"],
        ["b", "contract"],
        ["c", "expand"],
      ]),
      release("1.0.0", "a"),
      ["a"],
      true,
      "schema-coupled",
      /b takes away/,
    ],
    [
      "a contract before the earlier release",
      release("2.0.0", "c", [
        ["a", "contract"],
        ["b", "contract"],
        ["c", "expand"],
      ]),
      release("1.0.0", "b"),
      ["a", "b"],
      true,
      "safe",
      /only images/,
    ],
    ["a migration that did not begin", release("2.0.0", "b"), release("1.0.0", "a"), ["a"], false, "safe", /only images/],
    [
      "an older release that failed: the database is at the newer one's schema",
      release("1.0.0", "a"),
      release("2.0.0", "b"),
      ["a", "b"],
      true,
      "safe",
      /only images/,
    ],
    [
      "after a rollback the database is still at the newest schema",
      release("1.1.0", "a"),
      release("1.0.0", "a"),
      ["a", "b"],
      true,
      "schema-coupled",
      /database is at b/,
    ],
  ];
  test.each(cases)("%s", (_, later, earlier, applied, migrated, expected, why) => {
    const found = rollbackClass(
      "ferry",
      { release: later, configuration: plain },
      { release: earlier, configuration: plain },
      applied,
      migrated,
    );
    expect(found.class).toBe(expected);
    expect(found.reasons.join("\n")).toMatch(why);
  });

  test.each<[string, Configuration, string]>([
    ["a value that the application reads", configuration({ config: { api: { LEVEL: "debug" } } }), "config-coupled"],
    ["a flag", configuration({ flags: { map: true } }), "config-coupled"],
    ["a set of keys", configuration({}, { config: { api: { keys: { LEVEL: {} } } } }), "config-coupled"],
    ["how much of it runs", configuration({ replicas: 5 }), "safe"],
    ["gates", configuration({}, { promotion: { path: ["a"] } }), "safe"],
  ])("configuration: %s", (_, later, expected) => {
    const found = rollbackClass(
      "ferry",
      { release: release("2.0.0"), configuration: later },
      { release: release("1.0.0"), configuration: plain },
      [],
    );
    expect(found.class).toBe(expected);
  });

  test("schema weighs more than configuration, and both are told", () => {
    const later = { release: release("2.0.0", "b"), configuration: configuration({ config: { api: { LEVEL: "debug" } } }) };
    const found = rollbackClass("ferry", later, { release: release("1.0.0", "a"), configuration: plain }, ["a"]);
    expect(found.class).toBe("schema-coupled");
    expect(found.reasons[1]).toContain("environment.config.api.LEVEL");
    expect(JSON.stringify(found)).not.toContain("debug");
  });

  test("a schema that changed is never taken for safe unless each step of the way says expand", () => {
    const kinds = fc.array(fc.constantFrom<Kind>("expand", "contract"), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(kinds, fc.nat(), fc.nat(), (list, from, listed) => {
        const names = list.map((_, index) => `m${index}`);
        const start = from % (names.length - 1);
        const first = listed % names.length;
        const later = release("2.0.0", names.at(-1), names.map((name, index): [string, Kind] => [name, list[index]!]).slice(first));
        const earlier = release("1.0.0", names[start]);
        const found = rollbackClass(
          "ferry",
          { release: later, configuration: plain },
          { release: earlier, configuration: plain },
          names.slice(0, start + 1),
        );
        const survives = first <= start && list.slice(start + 1).every((kind) => kind === "expand");
        expect(found.class).toBe(survives ? "safe" : "schema-coupled");
      }),
    );
  });
});

describe("migrations", () => {
  test.each<[string, Release, string[], string[]]>([
    ["none declared", release("1.0.0"), ["a"], []],
    ["ran already", release("1.0.0", "a"), ["a", "b"], []],
    ["only its end is known", release("2.0.0", "b"), ["a"], ["b unknown"]],
    [
      "listed from what ran",
      release("3.0.0", "c", [
        ["a", "expand"],
        ["b", "expand"],
        ["c", "contract"],
      ]),
      ["a"],
      ["b expand", "c contract"],
    ],
    [
      "the list begins later than what ran",
      release("3.0.0", "c", [
        ["b", "expand"],
        ["c", "expand"],
      ]),
      ["0"],
      ["b expand", "c expand"],
    ],
    [
      "a new database",
      release("2.0.0", "b", [
        ["a", "expand"],
        ["b", "expand"],
      ]),
      [],
      ["a expand", "b expand"],
    ],
  ])("pending: %s", (_, wanted, applied, expected) => {
    expect(pendingMigrations(wanted, applied).map(({ name, kind }) => `${name} ${kind}`)).toEqual(expected);
  });

  const both = release("3.0.0", "c", [
    ["a", "expand"],
    ["b", "expand"],
    ["c", "contract"],
  ]);
  test.each<[string, Release, string[], boolean]>([
    ["expand and contract at once", both, ["a"], true],
    ["the contract alone, after its expand ran", both, ["a", "b"], false],
    ["both ran", both, ["a", "b", "c"], false],
    ["a new database has no release to go back to", both, [], false],
    [
      "expands only",
      release("2.0.0", "b", [
        ["a", "expand"],
        ["b", "expand"],
      ]),
      ["a"],
      false,
    ],
  ])("contract: %s", (_, wanted, applied, refused) => {
    expect(contractTooEarly(wanted, applied) !== undefined).toBe(refused);
  });
});

describe("what a failed run does", () => {
  const previous = { release: release("1.0.0", "a"), id: "1.0.0-x", configuration: plain, at: "2026-01-01T00:00:00Z" };
  const run: FailedRun = {
    project: "ferry",
    candidate: { release: release("2.0.0", "a"), configuration: plain },
    previous,
    settled: true,
    touched: true,
    isRollback: false,
    applied: ["a"],
    migrated: false,
  };
  const schema = { candidate: { release: release("2.0.0", "b"), configuration: plain }, migrated: true };
  test.each<[string, Partial<FailedRun>, string, RegExp?]>([
    ["a settled predecessor is put back", {}, "restore"],
    ["a schema without a way back freezes", schema, "freeze"],
    ["a schema whose migration did not begin is put back", { ...schema, migrated: false }, "restore"],
    ["nothing was changed", { touched: false }, "leave", /nothing was changed/],
    ["never a rollback of a rollback", { isRollback: true }, "leave", /never rolled back/],
    ["also not when its schema would freeze it", { ...schema, isRollback: true }, "leave"],
    ["only from a settled state", { settled: false }, "leave", /no settled state/],
    ["nothing ran before", { previous: undefined }, "leave", /nothing was deployed/],
    ["the release could not be read", { candidate: undefined }, "leave", /not known/],
  ])("%s", (_, change, action, why) => {
    const decision = decide({ ...run, ...change });
    expect(decision.action).toBe(action);
    if (decision.action === "leave") expect(decision.why).toMatch(why ?? /./);
    else expect(decision.to).toBe(previous);
  });
});
