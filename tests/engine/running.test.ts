import { describe, expect, test } from "vitest";
import { ProviderError } from "../../local/engine/provider.ts";
import { collect, errorsOf, nameIn, stepList, TestProject } from "./support/stack.ts";

describe("running side by side", () => {
  test("independent resources are worked on at the same time, up to the limit", async () => {
    const project = new TestProject();
    const names = ["a", "b", "c", "d"];
    let inside = 0;
    let most = 0;
    const { promise: full, resolve } = Promise.withResolvers<void>();
    for (const name of names) {
      project.cloud.during.set(`create ${name}`, async () => {
        most = Math.max(most, ++inside);
        if (inside === 3) resolve();
        // Nobody leaves before three are inside; the fourth finds them gone.
        await full;
        inside--;
      });
    }
    const engine = await project.engine({ resources: names.map((name) => ({ name })) }, "dev", { parallel: 3 });
    expect((await engine.up({})).result).toBe("succeeded");
    expect(most).toBe(3);
  });

  test("deletes that nothing connects overlap too", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "a" }, { name: "b" }] });
    const { promise: both, resolve } = Promise.withResolvers<void>();
    let inside = 0;
    for (const name of ["a", "b"]) {
      project.cloud.during.set(`delete ${name}`, async () => {
        if (++inside === 2) resolve();
        await both;
      });
    }
    expect((await (await project.engine({})).destroy({})).result).toBe("succeeded");
  });

  test("a failure: what runs is finished and recorded, dependents and deletes are not begun", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "gone" }] });
    const { promise: failed, resolve } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    project.cloud.during.set("create slow", async () => {
      begin();
      await failed;
    });
    project.cloud.during.set("create bad", async () => {
      await begun;
      setImmediate(resolve);
      throw new Error("no such size");
    });
    const spec = { resources: [{ name: "slow" }, { name: "bad" }, { name: "user", inputs: { size: "<bad.serial>" } }] };
    const { events, onEvent } = collect();
    const result = await (await project.engine(spec)).up({ onEvent });
    expect(result.result).toBe("failed");
    expect(errorsOf(result)).toContain("no such size");
    expect([...project.resources().keys()].sort()).toEqual(["gone", "slow"]);
    expect(project.pending()).toEqual([]);
    expect(project.cloud.calls.filter((call) => call !== "create gone").sort()).toEqual(["create bad", "create slow"]);
    const kinds = events.map((event) => Object.keys(event).find((key) => key.endsWith("Event")));
    expect(kinds.slice(-2)).toEqual(["summaryEvent", "cancelEvent"]);
    expect(events.find(({ resOpFailedEvent }) => resOpFailedEvent)?.resOpFailedEvent?.metadata.urn).toMatch(/::bad$/);
    expect(events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent).toMatchObject({ isPreview: false, result: "failed" });
    const [newest] = await (await project.engine(spec)).history();
    expect(newest).toMatchObject({ kind: "update", result: "failed", environment: { "exec.kind": "liftlock" } });
  });

  test("a delete that fails leaves what it needs alone", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "a" }, { name: "b", dependsOn: ["a"] }, { name: "c", dependsOn: ["b"] }] });
    project.cloud.calls.length = 0;
    project.cloud.during.set("delete c", () => {
      throw new Error("in use");
    });
    const result = await (await project.engine({})).destroy({});
    expect(errorsOf(result)).toContain("in use");
    expect(project.cloud.calls).toEqual(["delete c"]);
    expect([...project.resources().keys()]).toEqual(["a", "b", "c"]);
    expect(project.pending()).toEqual([]);
    project.cloud.during.clear();
    expect((await (await project.engine({})).destroy({})).changeSummary).toEqual({ delete: 4 });
  });

  test("an object that exists but is not ready: recorded with its errors, and worked on again although nothing changed", async () => {
    const project = new TestProject();
    const sized = (size: number) => ({ resources: [{ name: "a", inputs: { size } }] });
    const fail = (id: () => string) => () => {
      throw new ProviderError("a is not ready\nit crashes", {
        reasons: ["a is not ready", "it crashes"],
        partial: { id: id(), outputs: { size: 7 } },
      });
    };
    project.cloud.during.set(
      "create a",
      fail(() => "a-made"),
    );
    const created = await (await project.engine(sized(1))).up({});
    expect(created.result).toBe("failed");
    expect(project.resources().get("a")).toMatchObject({
      id: "a-made",
      initErrors: ["a is not ready", "it crashes"],
      outputs: { size: 7 },
    });
    expect(project.pending()).toEqual([]);
    project.cloud.during.clear();
    expect(stepList(await project.up(sized(1)))).toEqual(["update a"]);
    expect(project.resources().get("a")?.initErrors).toBeUndefined();

    project.cloud.during.set(
      "update a",
      fail(() => "a-made"),
    );
    expect((await (await project.engine(sized(2))).up({})).result).toBe("failed");
    expect(project.resources().get("a")).toMatchObject({ inputs: { size: 1 }, initErrors: ["a is not ready", "it crashes"] });
    project.cloud.during.clear();
    // Back to what state says: the object may still be what the failed update made of it.
    expect(stepList(await project.up(sized(1)))).toEqual(["update a"]);
    expect(stepList(await project.up(sized(1)))).toEqual([]);
  });

  test("a call that went unanswered may have taken effect: it stays pending, one that failed for certain does not", async () => {
    const project = new TestProject();
    const spec = { resources: [{ name: "a" }] };
    for (const [outcomeUnknown, pending] of [
      [true, 1],
      [false, 0],
    ] as const) {
      project.cloud.during.set("create a", () => {
        throw new ProviderError("connection lost", { outcomeUnknown });
      });
      expect((await (await project.engine(spec)).up({})).result).toBe("failed");
      expect(project.pending()).toHaveLength(pending);
    }
  });

  test("two runs at once: the second is refused and told who holds the stack", async () => {
    const project = new TestProject();
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const { promise: inside, resolve: enter } = Promise.withResolvers<void>();
    project.cloud.during.set("create a", async () => {
      enter();
      await release;
    });
    const spec = { resources: [{ name: "a" }] };
    const first = (await project.engine(spec)).up({});
    await inside;
    await expect((await project.engine(spec)).up({})).rejects.toThrow(new RegExp(`${process.pid}`));
    expect((await (await project.engine(spec)).preview({})).result).toBe("succeeded");
    resolve();
    expect((await first).result).toBe("succeeded");
    expect((await project.up(spec)).changeSummary).toEqual({ same: 2 });
  });
});

describe("the program", () => {
  test("its own errors: a RunError is shown as it is, another with the place in the program, and nothing changes", async () => {
    const project = new TestProject();
    await project.up({ resources: [{ name: "a" }] });
    const before = project.stateText();
    const refused = await (await project.engine({ fail: "replicas: 0 is too few" })).up({});
    expect(errorsOf(refused)).toBe("replicas: 0 is too few\nupdate failed");
    const crashed = await (await project.engine({ crash: "boom" })).up({});
    expect(errorsOf(crashed)).toMatch(/^the program failed: TypeError: boom\n {4}at index\.ts:\d+:\d+\nupdate failed$/);
    expect(project.stateText()).toBe(before);
    expect(project.cloud.entries.size).toBe(1);
  });

  test("what it prints is not lost, and time and events tell what was done", async () => {
    const project = new TestProject();
    const { events, onEvent } = collect();
    const result = await (await project.engine({ resources: [{ name: "a" }], log: ["hello from the program"] })).up({
      onEvent,
      message: "why",
    });
    expect(result.diagnostics).toContainEqual({ urn: undefined, severity: "info", message: "hello from the program" });
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
    const told = events.flatMap(({ resourcePreEvent, resOutputsEvent }) => {
      const event = resourcePreEvent ?? resOutputsEvent;
      return event === undefined ? [] : [`${resourcePreEvent ? "begin" : "end"} ${event.metadata.op} ${nameIn(event.metadata.urn)}`];
    });
    expect(told).toEqual(["begin create thing-dev", "begin create a", "end create a", "end create thing-dev"]);
    expect(Object.keys(result.timings).map(nameIn).sort()).toEqual(["a", "thing-dev"]);
    const [entry] = await (await project.engine({})).history();
    expect(entry).toMatchObject({ message: "why", resourceChanges: { create: 2 } });
  });

  test("unknown stacks are refused by what reads or empties one", async () => {
    const project = new TestProject();
    const engine = await project.engine({});
    for (const act of [
      () => engine.outputs(),
      () => engine.history(),
      () => engine.export(),
      () => engine.destroy({}),
      () => engine.refresh({}),
    ]) {
      await expect(act()).rejects.toThrow(/Stack "dev" .* has no state/);
    }
    expect(await engine.stacks()).toEqual([{ name: "dev", hasSettings: true, hasState: false }]);
  });
});

describe("refresh", () => {
  test("drops what is gone and takes over what changed; a preview of it changes nothing", async () => {
    const project = new TestProject();
    const spec = {
      resources: [
        { name: "a", inputs: { size: 1 } },
        { name: "b", inputs: { size: 1 } },
        { name: "c", inputs: { size: "<a.label>" } },
      ],
    };
    await project.up(spec);
    const [a, b] = [project.resources().get("a")!, project.resources().get("b")!];
    project.cloud.entries.delete(a.id!);
    project.cloud.entries.set(b.id!, { id: b.id!, inputs: { ...(b.inputs as object), size: 9, elsewhere: true } });
    const engine = await project.engine(spec);
    const before = project.stateText();
    const preview = await engine.refresh({ previewOnly: true });
    expect(stepList(preview).sort()).toEqual(["delete a", "refresh c", "update b"]);
    expect(preview.changeSummary).toEqual({ delete: 1, same: 2, update: 1 });
    expect(project.stateText()).toBe(before);

    await engine.refresh({});
    expect(project.resources().has("a")).toBe(false);
    expect(project.resources().get("b")).toMatchObject({ inputs: { size: 9 }, outputs: { size: 9 } });
    expect(project.resources().get("c")?.dependencies ?? []).toEqual([]);
    const mended = await project.up(spec);
    expect(stepList(mended).sort()).toEqual(["create a", "update b", "update c"]);
  });

  test("before an update: `refresh` in the same run", async () => {
    const project = new TestProject();
    const spec = { resources: [{ name: "a", inputs: { size: 1 } }] };
    await project.up(spec);
    project.cloud.entries.clear();
    expect((await project.up(spec)).changeSummary).toEqual({ same: 2 });
    const result = await project.up(spec, { refresh: true });
    expect(stepList(result)).toEqual(["refresh a", "create a"]);
    expect(result.changeSummary).toEqual({ same: 1, create: 1 });
  });
});

describe("StackReference", () => {
  test("to another stack, secrets kept secret; an unknown stack is an error that names it", async () => {
    const project = new TestProject();
    project.secrets.token = "a-secret-of-dev";
    await project.up({ resources: [], outputs: { plain: "value", token: "<secret:token>" } });
    project.addStack("prod");
    const name = "organization/thing/dev";
    const result = await project.up({ references: [name] }, { stack: "prod" });
    expect(result.outputs).toEqual({ [`stack ${name}`]: "[secret]" });
    expect(project.stateText("prod")).not.toContain("a-secret-of-dev");
    const unknown = await (await project.engine({ references: ["organization/thing/nowhere"] }, "prod")).up({});
    expect(errorsOf(unknown)).toMatch(/StackReference "organization\/thing\/nowhere": there is no such stack/);
  });

  test("to itself: nothing at first, its last outputs afterwards, and the same again without a write", async () => {
    const project = new TestProject();
    const name = "organization/thing/dev";
    expect((await project.preview({ references: [name] })).outputs).toEqual({ [`stack ${name}`]: {} });
    const first = await project.up({ references: [name] });
    expect(first.outputs).toEqual({ [`stack ${name}`]: {} });
    const second = await project.up({ references: [name], outputs: { fixed: 1 } });
    expect(second.outputs).toEqual({ [`stack ${name}`]: { [`stack ${name}`]: {} }, fixed: 1 });
  });
});
