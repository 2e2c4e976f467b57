import { describe, expect, test } from "vitest";
import type { Declared } from "./support/program.ts";
import { stepList, TestProject } from "./support/stack.ts";

const thing = (name: string, inputs: Record<string, unknown> = {}, options: Record<string, unknown> = {}): Declared => ({
  name,
  inputs,
  options,
});

describe("what replaces a resource besides its provider", () => {
  test("replaceOnChanges: a path, what is below it, and wildcards; other changes update", async () => {
    const project = new TestProject();
    const tree = (a: number, b: number, replaceOnChanges: string[]) => ({
      resources: [thing("t", { tree: a, size: b }, { replaceOnChanges })],
    });
    await project.up(tree(1, 1, []));
    expect(stepList(await project.up(tree(1, 2, ["tree"])))).toEqual(["update t"]);
    const replaced = await project.preview(tree(2, 2, ["tree"]));
    expect(stepList(replaced)).toEqual(["replace t"]);
    expect(replaced.steps.find(({ op }) => op === "replace")).toMatchObject({
      replaceReasons: ["tree"],
      detailedDiff: { tree: { kind: "update-replace" } },
    });
    expect(stepList(await project.up(tree(2, 3, ["*"])))).toEqual(["replace t"]);
  });

  test("replaceWith and deletedWith follow another's replacement; a trigger follows its value", async () => {
    const project = new TestProject(`
      import * as pulumi from "@pulumi/pulumi";
      class Thing extends pulumi.CustomResource {
        constructor(name: string, inputs: object = {}, options: pulumi.CustomResourceOptions = {}) { super("test:index:Thing", name, inputs, options); }
      }
      const { fixed, trigger } = new pulumi.Config().requireObject<{ fixed: number; trigger: number }>("spec");
      const source = new Thing("source", { fixed });
      new Thing("along", {}, { replaceWith: [source] });
      new Thing("bound", {}, { deletedWith: source });
      new Thing("triggered", {}, { replacementTrigger: pulumi.secret(trigger) });
      new Thing("none");
    `);
    const spec = (fixed: number, trigger: number) => ({ fixed, trigger }) as object;
    await project.up(spec(1, 1));
    expect(project.resources().get("along")).toMatchObject({ replaceWith: [project.resources().get("source")!.urn] });
    expect(JSON.stringify(project.resources().get("triggered"))).toMatch(/"replacementTrigger":\{"4dabf18193072939515e22adb298388d"/);
    expect(stepList(await project.up(spec(1, 1)))).toEqual([]);
    expect(stepList(await project.up(spec(2, 1))).sort()).toEqual(["replace along", "replace bound", "replace source"]);
    expect(stepList(await project.up(spec(2, 2)))).toEqual(["replace triggered"]);
    expect((await project.up(spec(2, 2))).changeSummary).toEqual({ same: 6 });
  });

  test("deleteBeforeReplace takes dependents along that would be replaced, one after the other, and only those", async () => {
    const project = new TestProject();
    const chain = (fixed: number): Declared[] => [
      thing("a", { fixed }, { deleteBeforeReplace: true }),
      thing("b", { fixed: "<a.serial>" }),
      thing("c", { size: "<a.serial>" }),
      thing("d", { fixed: "<b.serial>" }),
    ];
    await project.up({ resources: chain(1) });
    project.cloud.calls.length = 0;
    await project.up({ resources: chain(2) });
    const { calls } = project.cloud;
    expect(calls.slice(0, 4)).toEqual(["delete d", "delete b", "delete a", "create a"]);
    expect(calls.slice(4).sort()).toEqual(["create b", "create d", "update c"]);
    expect(calls.indexOf("create b")).toBeLessThan(calls.indexOf("create d"));
  });

  test("another provider replaces what it manages; changed provider settings that need it replace both", async () => {
    const project = new TestProject();
    const provider: Declared = { name: "own", type: "pulumi:providers:test", inputs: { region: "here" } };
    const under = (resources: Declared[], name?: string) => ({
      resources: [...resources, { name: "t", ...(name === undefined ? {} : { provider: name }) }],
    });
    await project.up(under([]));
    expect(stepList(await project.up(under([provider], "own")))).toContain("replace t");
    const moved = { ...provider, inputs: { region: "there" } };
    expect(stepList(await project.up(under([moved], "own")))).toContain("replace t");
    expect((await project.up(under([moved], "own"))).changeSummary).toEqual({ same: 3 });
    expect(project.cloud.entries.size).toBe(1);
  });
});

describe("what does not", () => {
  test("ignoreChanges covers what is below a path, and items by wildcard", async () => {
    const project = new TestProject();
    const items = (image: string, name: string, level: number, ignoreChanges: string[]) => ({
      resources: [
        thing(
          "t",
          {
            containers: [
              { image, name },
              { image, name },
            ],
            deep: { level },
          },
          { ignoreChanges },
        ),
      ],
    });
    await project.up(items("one", "a", 1, []));
    expect(stepList(await project.up(items("two", "a", 2, ["containers[*].image", "deep"])))).toEqual([]);
    expect(stepList(await project.up(items("two", "b", 2, ["containers[*].image", "deep"])))).toEqual(["update t"]);
    expect(project.resources().get("t")?.inputs).toMatchObject({
      containers: [
        { image: "one", name: "b" },
        { image: "one", name: "b" },
      ],
      deep: { level: 1 },
    });
  });

  test("aliases by name, type, parent and URN, and what the children inherit of them", async () => {
    const project = new TestProject();
    const before: Declared[] = [
      { name: "old", type: "test:index:OldGroup", component: true },
      { name: "old-part", parent: "old" },
      { name: "loose" },
      { name: "kept", parent: "old" },
    ];
    await project.up({ resources: before });
    const urn = project.resources().get("kept")!.urn;
    const after: Declared[] = [
      { name: "new", type: "test:index:NewGroup", component: true, options: { aliases: [{ name: "old", type: "test:index:OldGroup" }] } },
      { name: "new-part", parent: "new" },
      {
        name: "bound",
        parent: "new",
        options: { aliases: [{ name: "loose", parent: "urn:pulumi:dev::thing::pulumi:pulumi:Stack::thing-dev" }] },
      },
      { name: "free", options: { aliases: [urn] } },
    ];
    expect((await project.up({ resources: after })).changeSummary).toEqual({ same: 5 });
    expect(project.cloud.calls.filter((call) => !call.startsWith("create"))).toEqual([]);
    expect([...project.resources().keys()].sort()).toEqual(["bound", "free", "new", "new-part"]);
    expect((await project.up({ resources: after })).changeSummary).toEqual({ same: 5 });
  });

  test("additionalSecretOutputs keep an output secret, and what is made of it", async () => {
    const project = new TestProject();
    const resources = [
      thing("a", { token: "s3cr3t-value" }, { additionalSecretOutputs: ["serial", "size"] }),
      thing("b", { size: "<a.serial>" }),
    ];
    const result = await project.up({ resources, outputs: { serial: "<b.size>" } });
    expect(result.outputs).toEqual({ serial: "[secret]" });
    expect(JSON.stringify(project.resources().get("b")?.inputs?.size)).toContain("ciphertext");
  });
});
