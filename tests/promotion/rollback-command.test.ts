import { appendFileSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { releaseId } from "../../components/release.ts";
import { release, StandIn } from "./stand-in.ts";

let staging: StandIn;
beforeEach(async () => {
  staging = new StandIn();
  for (const version of ["1.0.0", "1.1.0", "1.2.0"]) {
    staging.write(version);
    expect((await staging.run("up staging --local")).exitCode).toBe(0);
  }
});
afterEach(() => staging.remove());

const id = (version: string) => releaseId(release(version));
const rollbacks = () => staging.book.of("rollback").map(({ from, to }) => [from.version, to.version]);
const held = () => staging.book.of("hold").map(({ releaseId: held, configuration }) => [held, configuration]);

describe("a rollback that does not get through at first", () => {
  test.each(["failed", "cancelled"] as const)("%s: what was left is held at once, and the same command finishes it", async (end) => {
    staging.ends.push(end);
    const first = await staging.run("rollback staging --yes --local --reason slow");
    expect(first.exitCode).toBe(1);
    expect(first.err).toMatch(/rollback staging --to 1\.1\.0-\w+ --local/);
    expect(staging.version).toBe("1.1.0");
    expect(held()).toEqual([[id("1.2.0"), undefined]]);
    expect(rollbacks()).toEqual([]);

    const again = await staging.run("rollback staging --yes --local --reason slow");
    expect(again).toMatchObject({ exitCode: 0, err: "" });
    expect(staging.version).toBe("1.1.0");
    expect(rollbacks()).toEqual([["1.2.0", "1.1.0"]]);
    expect(held()).toEqual([[id("1.2.0"), undefined]]);
    // What was gone back to is free: it is what runs.
    expect(await staging.run("up staging --local")).toMatchObject({ exitCode: 0, err: "" });
  });

  test("named, it is the same", async () => {
    staging.ends.push("cancelled");
    expect((await staging.run("rollback staging --to 1.0.0 --yes --local")).exitCode).toBe(1);
    expect((await staging.run("rollback staging --to 1.0.0 --yes --local")).exitCode).toBe(0);
    expect(rollbacks()).toEqual([["1.2.0", "1.0.0"]]);
    expect(held()).toEqual([[id("1.2.0"), undefined]]);
  });

  test("a schema that the release left says is safe to go back from stays so", async () => {
    const migrations = [
      { name: "0001", kind: "expand" },
      { name: "0002", kind: "expand" },
    ];
    staging.write("2.0.0", { schemaVersion: "0001", migrations: migrations.slice(0, 1) });
    await staging.run("up staging --local");
    staging.write("2.1.0", { schemaVersion: "0002", migrations });
    await staging.run("up staging --local");
    staging.exported = { migrations: [{ schemaVersion: "0001" }, { schemaVersion: "0002" }] };
    staging.ends.push("cancelled");
    expect((await staging.run("rollback staging --yes --local")).exitCode).toBe(1);
    expect(await staging.run("rollback staging --yes --local")).toMatchObject({ exitCode: 0, err: "" });
  });
});

test("an empty reason is none: nothing is lost over it", async () => {
  expect(await staging.run("rollback staging --yes --local --reason ")).toMatchObject({ exitCode: 0, err: "" });
  expect(staging.book.of("rollback")).toMatchObject([{ cause: "asked for" }]);
  expect(held()).toEqual([[id("1.2.0"), undefined]]);
});

test("a settings file that cannot be read as a release is put right, and what ran is held", async () => {
  staging.write("1.2.0", { version: "no version" });
  expect((await staging.run("rollback staging --to 1.1.0 --yes --local")).exitCode).toBe(0);
  expect(rollbacks()).toEqual([["1.2.0", "1.1.0"]]);
  expect(held()).toEqual([[id("1.2.0"), undefined]]);
});

test("a settings file that changes while a person is asked is not written over", async () => {
  const { answers, change } = {
    answers: ["staging"],
    change: () => appendFileSync(staging.file, "# somebody was here\n"),
  };
  const { exitCode, err } = await staging.run("rollback staging --local", { answers, onQuestion: change });
  expect({ exitCode, err }).toMatchObject({ exitCode: 1, err: expect.stringContaining("was changed meanwhile") });
  expect(readFileSync(staging.file, "utf8")).toContain("# somebody was here");
  expect(staging.version).toBe("1.2.0");
  expect(held()).toEqual([]);
});

describe("a file that names a release of an older schema again", () => {
  const older = { schemaVersion: "0001", migrations: [{ name: "0001", kind: "expand" }] };
  const newer = (kind: "expand" | "contract") => ({
    schemaVersion: "0002",
    migrations: [...older.migrations, { name: "0002", kind }],
  });
  const migrated = async (kind: "expand" | "contract") => {
    staging.write("2.0.0", older);
    expect((await staging.run("up staging --local")).exitCode).toBe(0);
    staging.exported = { migrations: [{ schemaVersion: "0001" }, { schemaVersion: "0002" }] };
    staging.write("2.1.0", newer(kind));
    expect((await staging.run("up staging --local")).exitCode).toBe(0);
    staging.write("2.0.0", older);
  };
  test("is a way back that `up` does not take by itself, and what it takes works", async () => {
    await migrated("contract");
    const { exitCode, err } = await staging.run("up staging --local");
    expect({ exitCode, err }).toMatchObject({ exitCode: 1, err: expect.stringContaining("0002 takes away what it needs") });
    expect(staging.history.length).toBe(5);
    const [, command] = /liftlock (rollback staging --to \S+ --local)/.exec(err)!;
    const told = await staging.run(`${command} --yes`);
    expect(told).toMatchObject({ exitCode: 1, err: expect.stringContaining("--schema-restored") });
    expect((await staging.run(`${command} --yes --schema-restored`)).exitCode).toBe(0);
    expect(rollbacks()).toEqual([["2.1.0", "2.0.0"]]);
    // From then on it is what runs.
    expect((await staging.run("up staging --local")).exitCode).toBe(0);
  });
  test("comes back where the newer schema still knows it", async () => {
    await migrated("expand");
    expect(await staging.run("up staging --local")).toMatchObject({ exitCode: 0, err: "" });
  });
});
