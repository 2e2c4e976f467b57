import { describe, expect, test } from "vitest";
import type { Declared } from "./support/program.ts";
import { errorsOf, nameIn, stepList, succeeded, TestProject } from "./support/stack.ts";

const type = "test:index:Thing";
const project = (): TestProject => {
  const made = new TestProject();
  for (const [id, size] of [
    ["by-hand", 1],
    ["other", 2],
  ] as const) {
    made.cloud.entries.set(id, { id, inputs: { label: id, size } });
  }
  return made;
};

describe("imports from the command line", () => {
  test("read what is there into the state and change nothing; the program then takes them over without a change", async () => {
    const world = project();
    const engine = await world.engine({});
    const result = succeeded(
      await engine.import({
        resources: [
          { type, name: "a", id: "by-hand" },
          { type, name: "b", id: "other", parent: "a" },
        ],
        message: "took over",
      }),
    );
    expect(stepList(result)).toEqual(["import a", "import b"]);
    expect(result.changeSummary).toEqual({ create: 1, import: 2 });
    expect(world.cloud.calls).toEqual([]);
    const [a, b] = [world.resources().get("a"), world.resources().get("b")];
    expect(a).toMatchObject({ id: "by-hand", importID: "by-hand", inputs: { label: "by-hand", size: 1 } });
    expect(b).toMatchObject({ id: "other", parent: a?.urn, urn: expect.stringContaining(`${type}$${type}::b`) });
    expect((await engine.history())[0]).toMatchObject({ kind: "import", message: "took over", result: "succeeded" });

    const again = succeeded(await engine.import({ resources: [{ type, name: "a", id: "by-hand" }] }));
    expect(stepList(again)).toEqual([]);
    const declared: Declared[] = [
      { name: "a", inputs: { label: "by-hand", size: 1 } },
      { name: "b", inputs: { label: "other", size: 3 }, parent: "a" },
    ];
    expect(stepList(await world.up({ resources: declared }))).toEqual(["update b"]);
    expect(world.cloud.calls).toEqual(["update b"]);
  });

  test("go to the program's own provider, so that the next up does not replace them", async () => {
    const world = project();
    const own: Declared[] = [
      { name: "own", type: "pulumi:providers:test", inputs: { region: "here" } },
      { name: "x", provider: "own" },
    ];
    await world.up({ resources: own });
    succeeded(await (await world.engine({})).import({ resources: [{ type, name: "a", id: "by-hand" }] }));
    expect(world.resources().get("a")?.provider).toBe(world.resources().get("x")?.provider);
    const result = await world.up({ resources: [...own, { name: "a", provider: "own", inputs: { label: "by-hand", size: 1 } }] });
    expect(result.changeSummary).toEqual({ same: 4 });
  });

  test("refuse what is not there, what is there under another id, an unknown parent and what is no type; nothing is recorded of it", async () => {
    const world = project();
    await world.up({ resources: [{ name: "x" }] });
    const before = world.stateText();
    const refused = async (spec: { type?: string; name?: string; id?: string; parent?: string }): Promise<string> => {
      const result = await (await world.engine({})).import({ resources: [{ type, name: "a", id: "by-hand", ...spec }] });
      expect(result.result).toBe("failed");
      return errorsOf(result);
    };
    expect(await refused({ id: "nowhere" })).toContain(`there is no ${type} "nowhere" to import`);
    expect(await refused({ name: "x" })).toMatch(/Thing::x: the state holds it with the id x-\w+/);
    expect(await refused({ parent: "nobody" })).toContain("--parent nobody: there is nothing of that name in the state");
    expect(await refused({ type: "Thing" })).toContain('"Thing" is no resource type');
    expect([...world.resources().keys()]).toEqual(["x"]);
    expect(JSON.parse(world.stateText()).checkpoint.latest.resources).toEqual(JSON.parse(before).checkpoint.latest.resources);
    expect(nameIn(world.resources().get("x")!.urn)).toBe("x");
  });
});

test("what the program declares of an object is what the state holds of it; components and its provider come along", async () => {
  const world = project();
  const engine = await world.engine({});
  const result = succeeded(
    await engine.import({
      resources: [
        { type: "pulumi:providers:test", name: "own", id: "", recorded: "provider", inputs: { region: "here" } },
        { type: "my:group:Group", name: "group", id: "", recorded: "component" },
        { type, name: "a", id: "by-hand", parent: "group", inputs: { label: "by-hand" } },
      ],
    }),
  );
  expect(stepList(result)).toContain("import a");
  expect(world.resources().get("a")).toMatchObject({
    id: "by-hand",
    parent: expect.stringContaining("my:group:Group::group"),
    provider: expect.stringContaining("::pulumi:providers:test::own::"),
  });
  expect(world.cloud.calls).toEqual([]);
  // A second time there is nothing left to do.
  const again = await engine.import({ resources: [{ type: "my:group:Group", name: "group", id: "", recorded: "component" }] });
  expect(stepList(succeeded(again))).toEqual([]);
});
