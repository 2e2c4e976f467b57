import { describe, expect, test } from "vitest";
import { errorsOf, nameIn, stepList, TestProject } from "./support/stack.ts";

const dependsOnA = [
  { name: "a", inputs: { size: 1 } },
  { name: "b", inputs: { size: "<a.serial>" } },
];

describe("create, update, same, delete", () => {
  test("creates in dependency order, and a second run changes nothing", async () => {
    const project = new TestProject();
    const first = await project.up({ resources: dependsOnA, outputs: { label: "<b.label>" } });
    expect(first.changeSummary).toEqual({ create: 3 });
    expect(project.cloud.calls).toEqual(["create a", "create b"]);
    expect([...project.resources().keys()]).toEqual(["a", "b"]);
    expect(project.resources().get("b")).toMatchObject({ dependencies: [project.resources().get("a")?.urn], inputs: { size: 1 } });
    expect(first.outputs).toEqual({ label: project.resources().get("b")?.id });

    const before = project.stateText();
    const second = await project.up({ resources: dependsOnA, outputs: { label: "<b.label>" } });
    expect(second.changeSummary).toEqual({ same: 3 });
    expect(stepList(second)).toEqual([]);
    expect(project.cloud.calls).toHaveLength(2);
    expect(project.stateText()).toBe(before);
  });

  test("updates in place and keeps the automatic name", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "a", inputs: { size: 1 } }] });
    const id = project.resources().get("a")?.id;
    const result = await project.up({ resources: [{ name: "a", inputs: { size: 2 } }] });
    expect(result.changeSummary).toEqual({ same: 1, update: 1 });
    expect(result.steps.find(({ op }) => op === "update")).toMatchObject({
      detailedDiff: { size: { kind: "update", inputDiff: false } },
      diffReasons: ["size"],
    });
    expect(project.resources().get("a")).toMatchObject({ id, inputs: { size: 2 }, outputs: { size: 2 } });
  });

  test("deletes what is no longer declared, dependents first", async () => {
    const project = new TestProject();
    await project.up({ resources: [...dependsOnA, { name: "c", dependsOn: ["b"] }] });
    project.cloud.calls.length = 0;
    const result = await project.up({});
    expect(result.changeSummary).toEqual({ same: 1, delete: 3 });
    expect(project.cloud.calls).toEqual(["delete c", "delete b", "delete a"]);
    expect(project.resources().size).toBe(0);
  });

  test("previews what a new stack gets, without a state file", async () => {
    const project = new TestProject();
    const result = await project.preview({ resources: dependsOnA });
    expect(stepList(result)).toEqual(["create a", "create b"]);
    expect(result.changeSummary).toEqual({ create: 3 });
    const b = result.steps.find(({ urn }) => nameIn(urn) === "b");
    expect(b?.newState?.inputs?.size).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
    expect(() => project.stateText()).toThrow(/ENOENT/);
    expect(project.cloud.calls).toEqual([]);
  });

  test("a component and its children: parents before, in URNs and in state", async () => {
    const project = new TestProject();
    const resources = [
      { name: "group", component: true, outputs: { all: "<inner.label>" } },
      { name: "inner", parent: "group" },
    ];
    await project.up({ resources });
    expect(project.resources().get("inner")?.urn).toBe("urn:pulumi:dev::thing::test:index:Group$test:index:Thing::inner");
    expect(project.resources().get("group")?.outputs).toEqual({ all: project.resources().get("inner")?.id });
    expect((await project.up({ resources })).changeSummary).toEqual({ same: 3 });
  });

  test("a wrong input changes nothing and says where it is", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "a", inputs: { size: 1 } }] });
    const result = await (await project.engine({ resources: [{ name: "a", inputs: { size: -1 } }] })).up({});
    expect(result.result).toBe("failed");
    expect(errorsOf(result)).toContain("test:index:Thing::a, size: must not be negative");
    expect(project.resources().get("a")?.inputs?.size).toBe(1);
  });
});
