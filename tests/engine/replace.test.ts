import { describe, expect, test } from "vitest";
import type { Declared } from "./support/program.ts";
import { errorsOf, stepList, TestProject } from "./support/stack.ts";

/** An automatic name: the replacement comes first. A label: the old one has to go first. */
const auto = (fixed: number): Declared => ({ name: "a", inputs: { fixed } });
const named = (fixed: number): Declared => ({ name: "a", inputs: { fixed, label: "the-name" } });

describe("replacements", () => {
  test("with an automatic name: the new one, then what uses it, then the old one goes", async () => {
    const project = new TestProject();
    const user: Declared = { name: "b", inputs: { size: "<a.label>" } };
    await project.up({ resources: [auto(1), user] });
    const before = project.resources().get("a")?.id;
    project.cloud.calls.length = 0;

    const preview = await project.preview({ resources: [auto(2), user] });
    expect(stepList(preview)).toEqual(["replace a", "update b"]);
    expect(preview.steps.find(({ op }) => op === "replace")).toMatchObject({
      replaceReasons: ["fixed"],
      detailedDiff: { fixed: { kind: "update-replace" } },
    });

    const result = await project.up({ resources: [auto(2), user] });
    expect(project.cloud.calls).toEqual(["create a", "update b", "delete a"]);
    expect(result.changeSummary).toEqual({ same: 1, replace: 1, update: 1 });
    const after = project.resources();
    expect(after.get("a")?.id).not.toBe(before);
    expect(after.get("b")?.inputs?.size).toBe(after.get("a")?.id);
    expect(project.cloud.entries.has(String(before))).toBe(false);
    expect(after.size).toBe(2);
  });

  test("with a name of its own: what would be replaced along with it goes first, in reverse order, and nothing else", async () => {
    const project = new TestProject();
    const users: Declared[] = [
      { name: "replaced", inputs: { fixed: "<a.serial>" } },
      { name: "replaced-too", inputs: { fixed: "<replaced.serial>" } },
      { name: "updated", inputs: { size: "<a.serial>" } },
      { name: "after", dependsOn: ["a"] },
    ];
    await project.up({ resources: [named(1), ...users] });
    project.cloud.calls.length = 0;

    const preview = await project.preview({ resources: [named(2), ...users] });
    expect(stepList(preview).sort()).toEqual(["replace a", "replace replaced", "replace replaced-too", "update updated"]);
    expect(project.cloud.calls).toEqual([]);

    const result = await project.up({ resources: [named(2), ...users] });
    expect(project.cloud.calls.slice(0, 4)).toEqual(["delete replaced-too", "delete replaced", "delete a", "create a"]);
    expect(project.cloud.calls.slice(4).sort()).toEqual(["create replaced", "create replaced-too", "update updated"]);
    expect(result.changeSummary).toEqual({ same: 2, replace: 3, update: 1 });
    expect([...project.resources().values()].filter((r) => r.pendingReplacement || r.delete)).toEqual([]);
    expect((await project.up({ resources: [named(2), ...users] })).changeSummary).toEqual({ same: 6 });
  });

  test("stopped between the delete and the create, the next run makes what is missing", async () => {
    const project = new TestProject();
    await project.up({ resources: [named(1), { name: "b", inputs: { fixed: "<a.serial>" } }] });
    project.cloud.during.set("create a", () => {
      throw new Error("no room");
    });
    const spec = { resources: [named(2), { name: "b", inputs: { fixed: "<a.serial>" } }] };
    const failed = await (await project.engine(spec)).up({});
    expect(errorsOf(failed)).toContain("no room");
    expect([...project.resources().values()].map(({ pendingReplacement }) => pendingReplacement)).toEqual([true, true]);
    project.cloud.during.clear();
    project.cloud.calls.length = 0;
    expect((await project.up(spec)).changeSummary).toEqual({ same: 1, replace: 2 });
    expect(project.cloud.calls).toEqual(["create a", "create b"]);
  });

  test("what is pending and no longer declared is dropped without a call", async () => {
    const project = new TestProject();
    await project.up({ resources: [named(1)] });
    project.cloud.during.set("create a", () => {
      throw new Error("no room");
    });
    await (await project.engine({ resources: [named(2)] })).up({});
    project.cloud.calls.length = 0;
    expect(stepList(await project.up({}))).toEqual(["remove-pending-replace a"]);
    expect(project.cloud.calls).toEqual([]);
    expect(project.resources().size).toBe(0);
  });

  test("deleteBeforeReplace of the program decides over the provider", async () => {
    const project = new TestProject();
    const first = (fixed: number): Declared => ({ ...auto(fixed), options: { deleteBeforeReplace: true } });
    await project.up({ resources: [first(1)] });
    project.cloud.calls.length = 0;
    await project.up({ resources: [first(2)] });
    expect(project.cloud.calls).toEqual(["delete a", "create a"]);
  });

  test("replaceOnChanges turns an update into a replacement", async () => {
    const project = new TestProject();
    const sized = (size: number): Declared => ({ name: "a", inputs: { size }, options: { replaceOnChanges: ["size"] } });
    await project.up({ resources: [sized(1)] });
    const result = await project.up({ resources: [sized(2)] });
    expect(result.steps.find(({ op }) => op === "replace")).toMatchObject({
      replaceReasons: ["size"],
      detailedDiff: { size: { kind: "update-replace" } },
    });
  });

  test("another provider replaces everything it manages", async () => {
    const project = new TestProject();
    const spec = (region: string) => ({
      resources: [
        { name: "p", type: "pulumi:providers:test", inputs: { region } },
        { name: "a", provider: "p" },
      ],
    });
    await project.up(spec("north"));
    expect((await project.up(spec("north"))).changeSummary).toEqual({ same: 3 });
    project.cloud.calls.length = 0;
    const result = await project.up(spec("south"));
    expect(result.changeSummary).toEqual({ same: 1, replace: 2 });
    expect(project.cloud.calls).toEqual(["create a", "delete a"]);
    expect(project.resources().get("a")?.provider).toMatch(/pulumi:providers:test::p::[0-9a-f-]{36}$/);
  });
});
