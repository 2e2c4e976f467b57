import { describe, expect, test } from "vitest";
import { ProviderError } from "../../local/engine/provider.ts";
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

  test("an alias without a parent is the earlier place at the top; one with a type and a parent that of another component", async () => {
    const project = new TestProject(`
      import * as pulumi from "@pulumi/pulumi";
      class Thing extends pulumi.CustomResource {}
      class Group extends pulumi.ComponentResource {}
      const { moved } = new pulumi.Config().requireObject("spec");
      const first = new Group("test:index:Group", "first");
      if (!moved) {
        new Thing("test:index:Thing", "top", {});
        const inner = new Group("test:index:Inner", "inner", {}, { parent: first });
        new Thing("test:index:Thing", "leaf", {}, { parent: inner });
      } else {
        const second = new Group("test:index:Group", "second");
        new Thing("test:index:Thing", "top", {}, { parent: first, aliases: [{ parent: pulumi.rootStackResource }] });
        const aliases = [{ name: "inner", type: "test:index:Inner", parent: first }];
        const renamed = new Group("test:index:Renamed", "outer", {}, { parent: second, aliases });
        new Thing("test:index:Thing", "leaf", {}, { parent: renamed });
      }
    `);
    await project.up({ moved: false } as object);
    const before = project.resources();
    const result = await project.up({ moved: true } as object);
    expect(project.cloud.calls).toEqual(["create top", "create leaf"]);
    expect(result.changeSummary).toEqual({ same: 5, create: 1 });
    const after = project.resources();
    expect([...after.keys()].sort()).toEqual(["first", "leaf", "outer", "second", "top"]);
    for (const name of ["top", "leaf"]) {
      expect(after.get(name)?.id).toBe(before.get(name)?.id);
      expect(after.get(name)?.urn).not.toBe(before.get(name)?.urn);
    }
    expect((await project.up({ moved: true } as object)).changeSummary).toEqual({ same: 6 });
  });

  test.each(["#initerror", "*"])("replaceOnChanges %s replaces what the last run left unready, although nothing changed", async (path) => {
    const project = new TestProject();
    const spec = { resources: [{ name: "a", inputs: { size: 1 }, options: { replaceOnChanges: [path] } }] };
    project.cloud.during.set("create a", () => {
      project.cloud.during.clear();
      project.cloud.entries.set("a-made", { id: "a-made", inputs: { size: 1 } });
      throw new ProviderError("not ready", { reasons: ["not ready"], partial: { id: "a-made", outputs: { size: 1 } } });
    });
    expect((await (await project.engine(spec)).up({})).result).toBe("failed");
    expect(stepList(await project.preview(spec))).toEqual(["replace a"]);
    await project.up(spec);
    expect(project.cloud.calls).toEqual(["create a", "create a", "delete a"]);
    expect(project.resources().get("a")?.initErrors).toBeUndefined();
    expect((await project.up(spec)).changeSummary).toEqual({ same: 2 });
  });

  test("a program asks whether an object exists; nothing of it is recorded, and a preview asks too", async () => {
    const project = new TestProject(`
      import runtime from "@pulumi/pulumi/runtime/resource.js";
      const found = ["there", "nowhere"].map((id) => runtime.existsResource("test:index:Thing", id));
      export const [there, nowhere] = found;
    `);
    project.cloud.entries.set("there", { id: "there", inputs: { label: "there" } });
    expect((await project.preview({})).outputs).toEqual({ there: true, nowhere: false });
    expect((await project.up({})).outputs).toEqual({ there: true, nowhere: false });
    expect(project.resources().size).toBe(0);
    expect(project.cloud.calls).toEqual([]);
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
