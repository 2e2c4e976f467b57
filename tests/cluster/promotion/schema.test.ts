import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project, release } from "./project.ts";

/** An environment with a database: where the schema moved on, nothing goes back by itself. */
let project: Project;
beforeAll(async () => {
  project = await new Project({ database: true }).init();
});
afterAll(() => project.remove());

const first = release("1.0.0", "", { schemaVersion: "a" });

describe("a release that moved the schema", () => {
  test("freezes instead of going back: old pods serve on, and the way back by hand is printed", async () => {
    project.write("lower", first);
    expect(await project.liftlock("up lower")).toMatchObject({ exitCode: 0, err: "" });
    project.write("lower", release("2.0.0", "misbehaves-crash", { schemaVersion: "b" }));
    const fewest = project.watchAvailable("lower", "api");
    const { exitCode, out, err } = await project.liftlock("up lower");
    expect(exitCode).toBe(1);
    expect(err).toMatch(/CrashLoopBackOff/);
    expect(out).toMatch(/lower: frozen\. 1\.0\.0 is not put back by itself: the database is at b, 1\.0\.0 was made for a/);
    expect(out).toMatch(/liftlock restore lower --backup backup-b/);
    expect(out).toMatch(/liftlock rollback lower --to 1\.0\.0-\w+ --schema-restored/);
    expect(await fewest()).toBeGreaterThanOrEqual(2);
    expect(out).toMatch(/The rollout of .*api.* is paused: the pods that ran before serve on/);
    expect(await project.image("lower", "api")).toContain("2.0.0"); // left as it is
    expect(await project.paused("lower", "api")).toBe(true);
    expect((await project.entries("deployment")).at(-1)).toMatchObject({ result: "failed", migrations: ["b"] });
    expect(await project.entries("rollback")).toEqual([]);
    expect((await project.entries("hold")).length).toBe(1);
  });

  test("by hand it is refused until somebody says that the schema fits; then it goes back without a migration", async () => {
    const refused = await project.liftlock("rollback lower --yes");
    expect({ exitCode: refused.exitCode, err: refused.err }).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining("--schema-restored"),
    });
    expect(await project.image("lower", "api")).toContain("2.0.0");
    expect(await project.paused("lower", "api")).toBe(true);
    const { exitCode, err } = await project.liftlock("rollback lower --yes --schema-restored");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(await project.image("lower", "api")).toBe(first.images.api);
    expect(await project.paused("lower", "api")).toBe(false);
  });

  test("a release that says its migration only expands is put back by itself", async () => {
    const migrations = [
      { name: "a", kind: "expand" },
      { name: "c", kind: "expand" },
    ];
    project.write("lower", release("3.0.0", "misbehaves-crash", { schemaVersion: "c", migrations }));
    const { exitCode, out } = await project.liftlock("up lower");
    expect(exitCode).toBe(1);
    expect(out).toMatch(/lower: putting back 1\.0\.0-\w+ with its configuration/);
    expect(await project.image("lower", "api")).toBe(first.images.api);
  });

  test("a contract together with its expand is refused before anything changes", async () => {
    const migrations = [
      { name: "a", kind: "expand" },
      { name: "d", kind: "expand" },
      { name: "e", kind: "contract" },
    ];
    project.write("lower", release("4.0.0", "", { schemaVersion: "e", migrations }));
    const { exitCode, err } = await project.liftlock("up lower");
    expect({ exitCode, err }).toMatchObject({ exitCode: 1, err: expect.stringContaining("the expand d and the contract e at once") });
    expect(await project.image("lower", "api")).toBe(first.images.api);
  });

  test("a release that mends what was frozen lets its rollout go on; one that does not, or that never begins, is frozen again", async () => {
    project.write("lower", release("5.0.0", "misbehaves-crash", { schemaVersion: "f" }));
    expect(await project.liftlock("up lower")).toMatchObject({ exitCode: 1, out: expect.stringContaining("lower: frozen.") });
    project.write("lower", release("5.0.1", "misbehaves-crash", { schemaVersion: "f" }));
    const again = await project.liftlock("up lower");
    expect(again).toMatchObject({ exitCode: 1, out: expect.stringMatching(/the rollout of .*api.* is frozen again/) });
    expect(await project.paused("lower", "api")).toBe(true);
    const held = await project.hold("lower");
    const refused = await project.liftlock("up lower");
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining("Stack lower is locked") });
    expect(await project.paused("lower", "api")).toBe(true);
    await held.release();
    const mended = release("5.0.2", "", { schemaVersion: "f" });
    project.write("lower", mended);
    const { exitCode, out, err } = await project.liftlock("up lower");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/the frozen rollout of .*api.* goes on/);
    expect(await project.image("lower", "api")).toBe(mended.images.api);
    expect(await project.paused("lower", "api")).toBe(false);
    expect((await project.liftlock("up lower --expect-no-changes")).exitCode).toBe(0);
  });
});
