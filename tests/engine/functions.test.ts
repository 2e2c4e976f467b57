import { describe, expect, test } from "vitest";
import { ProviderError } from "../../local/engine/provider.ts";
import { errorsOf, stepList, succeeded, TestProject } from "./support/stack.ts";

/** A program around a class of the fake cloud. */
const program = (body: string) => `
import * as pulumi from "@pulumi/pulumi";
class Thing extends pulumi.CustomResource {
  constructor(name: string, inputs: object = {}, options: pulumi.CustomResourceOptions = {}) {
    super("test:index:Thing", name, { size: undefined, label: undefined, serial: undefined, ...inputs }, options);
  }
}
class Group extends pulumi.ComponentResource {
  constructor(name: string, options: pulumi.ComponentResourceOptions = {}) {
    super("test:index:Group", name, {}, options);
  }
}
const config = new pulumi.Config();
const { phase } = config.requireObject<{ phase: number }>("spec");
${body}
`;
const spec = (phase: number) => ({ phase }) as object;

describe("hooks: functions of the program around the steps", () => {
  const hooked = program(`
    const hook = (name: string) => new pulumi.ResourceHook(name, (args) => {
      console.log([name, args.name, JSON.stringify(args.oldInputs?.size), JSON.stringify(args.newInputs?.size), args.newOutputs?.serial].join(" "));
    });
    const binding = {
      beforeCreate: [hook("before-create")], afterCreate: [hook("after-create")],
      beforeUpdate: [hook("before-update")], afterUpdate: [hook("after-update")],
      beforeDelete: [hook("before-delete")], afterDelete: [hook("after-delete")],
    };
    if (phase < 3) new Thing("a", { size: phase }, { hooks: binding });
  `);

  test("run before and after creation, change and deletion, told of both sides, and are kept in state; a preview runs none", async () => {
    const project = new TestProject(hooked);
    const lines = (result: { diagnostics: { message: string }[] }) =>
      result.diagnostics.map(({ message }) => message).filter((message) => /^(before|after)-/.test(message));
    expect(lines(await project.preview(spec(1)))).toEqual([]);
    expect(lines(await project.up(spec(1)))).toEqual(["before-create a  1 ", "after-create a  1 1"]);
    expect(project.resources().get("a")).toMatchObject({
      resourceHooks: { BeforeCreate: ["before-create"], AfterDelete: ["after-delete"] },
    });
    expect(lines(await project.up(spec(2)))).toEqual(["before-update a 1 2 ", "after-update a 1 2 1"]);
    // The program has ended by then, and its hooks are still there.
    expect(lines(await project.up(spec(3)))).toEqual(["before-delete a 2  ", "after-delete a 2  "]);
    expect(project.cloud.calls).toEqual(["create a", "update a", "delete a"]);
  });

  test("destroy refuses up front what has hooks that only the program could run", async () => {
    const project = new TestProject(hooked);
    await project.up(spec(1));
    const destroyed = await (await project.engine(spec(1))).destroy({});
    expect(destroyed.result).toBe("failed");
    expect(errorsOf(destroyed)).toMatch(/nothing was deleted[\s\S]*Thing::a: before-delete, after-delete/);
    expect(project.cloud.calls).toEqual(["create a"]);
  });

  test("one that fails before a step prevents it; after a step it ends the run, and what was done is recorded", async () => {
    const project = new TestProject(
      program(`
      const no = new pulumi.ResourceHook("no", () => { throw new Error("not today"); });
      const shy = new pulumi.ResourceHook("shy", () => { throw new Error("never mind"); }, { ignoreErrors: true });
      new Thing("a", {}, { hooks: phase === 1 ? { beforeCreate: [no] } : phase === 2 ? { afterCreate: [no] } : { afterUpdate: [shy] } });
    `),
    );
    const before = await (await project.engine(spec(1))).up({});
    expect(before.result).toBe("failed");
    expect(errorsOf(before)).toContain('before hook "no" failed: not today');
    expect([project.cloud.calls, project.pending()]).toEqual([[], []]);
    const after = await (await project.engine(spec(2))).up({});
    expect(after.result).toBe("failed");
    expect(errorsOf(after)).toContain('after hook "no" failed: not today');
    expect(project.cloud.calls).toEqual(["create a"]);
    expect(project.resources().get("a")?.outputs?.serial).toBe(1);
    expect((await project.up(spec(3))).changeSummary).toEqual({ same: 2 });
  });

  test("an error hook has a failed call tried again", async () => {
    const project = new TestProject(
      program(`
      const again = new pulumi.ErrorHook("again", (args) => {
        console.log(args.failedOperation, args.errors.length, args.errors[0]);
        return args.errors.length < 3;
      });
      new Thing("a", {}, { hooks: { onError: [again] } });
    `),
    );
    let failures = 0;
    project.cloud.during.set("create a", () => {
      if (++failures <= 2) throw new ProviderError(`failure ${failures}`);
    });
    const result = await project.up(spec(1));
    expect(result.diagnostics.map(({ message }) => message)).toEqual(
      expect.arrayContaining(["create 1 failure 1", "create 2 failure 2", "retrying create because an error hook asks for it (2 of 100)"]),
    );
    expect(project.cloud.calls).toEqual(["create a", "create a", "create a"]);
    failures = -10;
    project.cloud.during.set("create a", () => {
      throw new ProviderError("never");
    });
    succeeded(await (await project.engine(spec(1))).destroy({}));
    const gaveUp = await (await project.engine(spec(1))).up({});
    expect(errorsOf(gaveUp)).toContain("never");
    expect(project.cloud.calls.filter((call) => call === "create a")).toHaveLength(6);
  });
});

describe("transforms: functions of the program over what it declares", () => {
  test("its own, then its parents', then the stack's; they change inputs and options, and what depends on what stays known", async () => {
    const project = new TestProject(
      program(`
      const say = (who: string): pulumi.ResourceTransform => ({ props, opts, name, type }) => {
        if (type !== "test:index:Thing") return undefined;
        return { props: { ...props, said: [...(props.said ?? []), who] }, opts: pulumi.mergeOptions(opts, { ignoreChanges: [who] }) };
      };
      pulumi.runtime.registerResourceTransform(say("stack"));
      const outer = new Group("outer", { transforms: [say("outer")] });
      const inner = new Group("inner", { parent: outer, transforms: [say("inner")] });
      const source = new Thing("source");
      new Thing("a", { size: (source as any).serial, secret: pulumi.secret("s3cr3t") }, { parent: inner, transforms: [say("own")], protect: true });
      new Thing("b", {}, { dependsOn: [source] });
    `),
    );
    await project.up(spec(1));
    const { inputs, dependencies, ...a } = project.resources().get("a")!;
    expect(inputs).toMatchObject({ size: 1, said: ["own", "inner", "outer", "stack"] });
    expect(a).toMatchObject({
      protect: true,
      ignoreChanges: ["own", "inner", "outer", "stack"],
      propertyDependencies: { size: [project.resources().get("source")!.urn] },
    });
    expect(dependencies).toEqual([project.resources().get("source")!.urn]);
    expect(project.resources().get("b")).toMatchObject({
      dependencies: [project.resources().get("source")!.urn],
      inputs: { said: ["stack"] },
    });
    expect(project.stateText()).not.toContain("s3cr3t");
    expect((await project.up(spec(1))).changeSummary).toEqual({ same: 6 });
  });

  test("one that throws is the resource's failure", async () => {
    const project = new TestProject(program(`new Thing("a", {}, { transforms: [() => { throw new Error("no such thing"); }] });`));
    const result = await (await project.engine(spec(1))).up({});
    expect(result.result).toBe("failed");
    expect(errorsOf(result)).toMatch(/transform failed: Error: no such thing/);
    expect(project.cloud.calls).toEqual([]);
  });

  test("invoke transforms change what a function is asked", async () => {
    const project = new TestProject(
      program(`
      pulumi.runtime.registerInvokeTransform(({ token, args, opts }) => ({ args: { ...args, added: token }, opts }));
      const asked = pulumi.runtime.invokeOutput<{ added: string }>("test:index:ask", { a: 1 });
      export const added = asked.apply(({ added }) => added);
    `),
    );
    expect((await project.up(spec(1))).outputs).toEqual({ added: "test:index:ask" });
  });
});

describe("function calls", () => {
  const asking = program(`
    const source = new Thing("source", { token: pulumi.secret("s3cr3t") });
    const group = new Group("group");
    new Thing("inside", {}, { parent: group });
    const ask = (args: object, dependsOn: pulumi.Resource[]) =>
      pulumi.runtime.invokeOutput<{ got?: number; secret?: string }>("test:index:ask", args, { dependsOn });
    export const after = ask({ got: 1 }, [source]).apply(({ got }) => got);
    export const afterGroup = ask({ got: 2 }, [group]).apply(({ got }) => got);
    export const of = ask({ got: (source as any).serial }, []).apply(({ got }) => got);
    export const opened = ask({ secret: pulumi.secret("s3cr3t") }, []).apply(({ secret }) => secret);
  `);

  test("are put off in a preview while what they depend on is yet to be made, and see it afterwards; secrets stay secret", async () => {
    const project = new TestProject(asking);
    const preview = await project.preview(spec(1));
    expect(Object.entries(preview.outputs).filter(([, value]) => typeof value === "number")).toEqual([]);
    expect((await project.up(spec(1))).outputs).toEqual({ after: 1, afterGroup: 2, of: 1, opened: "[secret]" });
    expect((await project.preview(spec(1))).outputs).toMatchObject({ after: 1, afterGroup: 2, of: 1 });
    expect(project.stateText()).not.toContain("s3cr3t");
  });
});

describe("resources that are read", () => {
  test("are recorded as not ours, read again by every run, and never deleted; one that is not there fails", async () => {
    const project = new TestProject(
      program(`
      class Found extends Thing {
        static get(name: string, id: string, opts?: pulumi.CustomResourceOptions) { return new Thing(name, {}, { ...opts, id }); }
      }
      export const size = phase < 3 ? (Found.get("found", phase === 1 ? "by-hand" : "nowhere", { additionalSecretOutputs: ["token"] }) as any).size : 0;
    `),
    );
    project.cloud.entries.set("by-hand", { id: "by-hand", inputs: { size: 5, token: "s3cr3t" } });
    const first = await project.up(spec(1));
    expect(first.outputs).toEqual({ size: 5 });
    expect(stepList(first)).toEqual(["read found"]);
    expect(project.resources().get("found")).toMatchObject({ external: true, id: "by-hand" });
    expect(JSON.stringify(project.resources().get("found")?.outputs)).not.toContain("s3cr3t");
    project.cloud.entries.set("by-hand", { id: "by-hand", inputs: { size: 6 } });
    expect((await project.up(spec(1))).outputs).toEqual({ size: 6 });
    const missing = await (await project.engine(spec(2))).up({});
    expect(errorsOf(missing)).toContain('there is no test:index:Thing "nowhere" to read');
    expect(stepList(await project.up(spec(3)))).toEqual(["discard found"]);
    expect(project.cloud.entries.size).toBe(1);
    expect(project.cloud.calls).toEqual([]);
  });
});

test("the compiler behind serialized functions is loaded only for them, and works then", async () => {
  const project = new TestProject(
    program(`
    const { createRequire } = await import("node:module");
    const { cache } = createRequire(import.meta.url);
    const loaded = () => Object.keys(cache).some((file) => /node_modules.typescript.|arborist/.test(file));
    export const before = loaded();
    const { text } = await pulumi.runtime.serializeFunction(() => 1 + 1);
    export const serialized = text.includes("1 + 1");
    export const after = loaded();
  `),
  );
  expect((await project.up(spec(1))).outputs).toEqual({ before: false, serialized: true, after: true });
});

test("what only the CLI can do is refused by name", async () => {
  const project = new TestProject(
    program(`
    class Remote extends pulumi.ComponentResource {
      constructor() { super("test:index:Remote", "remote", {}, {}, true); }
    }
    new Remote();
  `),
  );
  const result = await (await project.engine(spec(1))).up({});
  expect(errorsOf(result)).toMatch(/Remote::remote: components of other languages \(remote\) are not supported by the embedded engine/);
});
