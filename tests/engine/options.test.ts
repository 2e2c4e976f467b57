import { describe, expect, test } from "vitest";
import type { Declared } from "./support/program.ts";
import { errorsOf, stepList, TestProject } from "./support/stack.ts";

describe("resource options", () => {
  test("ignoreChanges keeps the old value", async () => {
    const project = new TestProject();
    const sized = (size: number, ignoreChanges: string[] = []): Declared => ({ name: "a", inputs: { size }, options: { ignoreChanges } });
    await project.up({ resources: [sized(1)] });
    const result = await project.up({ resources: [sized(2, ["size"])] });
    expect(stepList(result)).toEqual([]);
    expect(project.resources().get("a")?.inputs?.size).toBe(1);
    expect(stepList(await project.up({ resources: [sized(2)] }))).toEqual(["update a"]);
  });

  test("a protected resource is neither deleted nor replaced, and nothing else is deleted with it", async () => {
    const project = new TestProject();
    const kept: Declared = { name: "kept", inputs: { fixed: 1 }, options: { protect: true } };
    await project.up({ resources: [kept, { name: "other" }] });
    project.cloud.calls.length = 0;
    const removed = await (await project.engine({})).up({});
    expect(removed.result).toBe("failed");
    expect(errorsOf(removed)).toMatch(/nothing was deleted[\s\S]*Thing::kept[\s\S]*protect/);
    const replaced = await (await project.engine({ resources: [{ ...kept, inputs: { fixed: 2 } }, { name: "other" }] })).up({});
    expect(errorsOf(replaced)).toMatch(/Thing::kept: the change of fixed replaces it, and it is protected/);
    await expect((await project.engine({})).destroy({})).rejects.toThrow(/nothing was deleted[\s\S]*Thing::kept/);
    expect(project.cloud.calls).toEqual([]);
    expect([...project.resources().keys()].sort()).toEqual(["kept", "other"]);

    await project.up({ resources: [{ ...kept, options: { protect: false } }, { name: "other" }] });
    expect((await (await project.engine({})).destroy({})).result).toBe("succeeded");
    expect(project.cloud.entries.size).toBe(0);
  });

  test("a preview of a protected replacement shows the change and fails", async () => {
    const project = new TestProject();
    const kept = (fixed: number): Declared => ({ name: "kept", inputs: { fixed }, options: { protect: true } });
    await project.up({ resources: [kept(1)] });
    const preview = await (await project.engine({ resources: [kept(2)] })).preview({});
    expect(preview.result).toBe("failed");
    expect(stepList(preview)).toEqual(["replace kept"]);
  });

  test("retainOnDelete drops a resource from the state and leaves the object", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "a", options: { retainOnDelete: true } }] });
    const result = await project.up({});
    expect(stepList(result)).toEqual(["delete a"]);
    expect(project.cloud.calls).toEqual(["create a"]);
    expect(project.cloud.entries.size).toBe(1);
    expect(project.resources().size).toBe(0);
  });

  test("deletedWith spares the call when its holder goes too", async () => {
    const project = new TestProject();
    const resources: Declared[] = [{ name: "holder" }, { name: "held", deletedWith: "holder" }];
    await project.up({ resources });
    project.cloud.calls.length = 0;
    await project.up({ resources: [{ name: "holder" }] });
    expect(project.cloud.calls).toEqual(["delete held"]);

    await project.up({ resources });
    project.cloud.calls.length = 0;
    await project.up({});
    expect(project.cloud.calls).toEqual(["delete holder"]);
    expect(project.resources().size).toBe(0);
  });

  test("custom timeouts reach the provider in seconds", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "a", options: { customTimeouts: { create: "1m30s" } } }, { name: "b" }] });
    expect(project.cloud.timeouts).toEqual(
      new Map([
        ["a", 90],
        ["b", undefined],
      ]),
    );
  });

  test("an alias carries a resource and its children over to new names", async () => {
    const project = new TestProject();
    await project.up({
      resources: [
        { name: "old", component: true },
        { name: "old-part", parent: "old" },
        { name: "user", inputs: { size: "<old-part.label>" } },
      ],
    });
    const result = await project.up({
      resources: [
        { name: "new", component: true, options: { aliases: [{ name: "old" }] } },
        { name: "new-part", parent: "new" },
        { name: "user", inputs: { size: "<new-part.label>" } },
      ],
    });
    expect(result.changeSummary).toEqual({ same: 4 });
    expect(project.cloud.calls).toEqual(["create old-part", "create user"]);
    expect([...project.resources().keys()].sort()).toEqual(["new", "new-part", "user"]);
    expect(project.resources().get("user")?.dependencies).toEqual([project.resources().get("new-part")?.urn]);
  });

  test("two resources of one URN are an error that names it", async () => {
    const project = new TestProject();
    const result = await (await project.engine({ resources: [{ name: "a" }, { name: "a" }] })).up({});
    expect(errorsOf(result)).toContain("Thing::a: the program declares it twice");
  });

  test("an import takes an object over, and then changes it to what the program says", async () => {
    const project = new TestProject();
    project.cloud.entries.set("by-hand", { id: "by-hand", inputs: { label: "by-hand", size: 1 } });
    const resources: Declared[] = [{ name: "a", inputs: { label: "by-hand", size: 2 }, options: { import: "by-hand" } }];
    const result = await project.up({ resources });
    expect(stepList(result)).toEqual(["import a", "update a"]);
    expect(project.cloud.calls).toEqual(["update a"]);
    expect((await project.up({ resources })).changeSummary).toEqual({ same: 2 });
    const missing = await (await project.engine({ resources: [{ name: "b", options: { import: "nowhere" } }] })).up({});
    expect(errorsOf(missing)).toContain('there is no test:index:Thing "nowhere" to import');
  });

  test("targets limit a run", async () => {
    const project = new TestProject();
    const sized = (size: number) => ({
      resources: [
        { name: "a", inputs: { size } },
        { name: "b", inputs: { size } },
      ],
    });
    await project.up(sized(1));
    const urn = project.resources().get("a")!.urn;
    const result = await (await project.engine(sized(2))).up({ targets: [urn] });
    expect(stepList(result)).toEqual(["update a"]);
    expect(project.resources().get("b")?.inputs?.size).toBe(1);
    expect(stepList(await project.up(sized(2)))).toEqual(["update b"]);
  });
});
