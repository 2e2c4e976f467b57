import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import { folderFactory } from "./support/killed-run.ts";
import { errorsOf, type Spec, stepList, succeeded, TestProject } from "./support/stack.ts";

const script = path.resolve(import.meta.dirname, "support/killed-run.ts");
const node = { node: true, nodePath: process.execPath, reject: false } as const;

/** Starts an `up` in a process of its own and kills it while the named call is under way. */
async function killDuring(project: TestProject, spec: Spec, call: string): Promise<void> {
  const run = execa(script, [project.dir, JSON.stringify({ resources: [], ...spec }), call], node);
  for await (const line of run) {
    if (line === `HOLDING ${call}`) {
      run.kill("SIGKILL");
      break;
    }
  }
  expect((await run).signal).toBe("SIGKILL");
}

function engineOn(project: TestProject, spec: Spec) {
  return createEmbeddedEngine({
    projectDir: project.dir,
    stack: "dev",
    backendDir: project.backendDir,
    passphrase: "test",
    providers: [folderFactory(path.join(project.dir, "cloud"))],
    extraConfig: { "thing:spec": { value: JSON.stringify({ resources: [], ...spec }), secret: false, object: true } },
  });
}
const objects = (project: TestProject) => readdirSync(path.join(project.dir, "cloud")).sort();

/** Command lines of the programs of a project that still run. */
const programsOf = async ({ dir }: TestProject): Promise<string[]> =>
  (await execa("ps", ["-ww", "-eo", "args"])).stdout.split("\n").filter((args) => args.includes("cmd/run") && args.includes(dir));

describe("after the whole process was killed", () => {
  test("its program does not go on without it", async () => {
    const project = new TestProject();
    const waiting = path.join(project.dir, "waiting");
    const run = execa(script, [project.dir, JSON.stringify({ resources: [], wait: waiting })], node);
    await expect.poll(() => existsSync(waiting), { timeout: 30_000 }).toBe(true);
    expect(await programsOf(project)).toHaveLength(1);
    run.kill("SIGKILL");
    expect((await run).signal).toBe("SIGKILL");
    await expect.poll(() => programsOf(project), { timeout: 15_000 }).toEqual([]);
  });

  test("during a create: the state names it, and the next run takes the object over under its name", async () => {
    const project = new TestProject();
    const spec = {
      resources: [
        { name: "a", inputs: { size: 1 } },
        { name: "b", inputs: { size: "<a.label>" } },
      ],
    };
    await killDuring(project, spec, "create a");
    expect(project.pending()).toMatchObject([{ type: "creating", resource: { inputs: { size: 1 } } }]);
    const made = objects(project);
    expect(made).toHaveLength(1);

    const engine = await engineOn(project, spec);
    await engine.cancel(); // the lock of the dead process
    const preview = await engine.preview({});
    expect(stepList(preview)).toEqual(["create a", "create b"]);
    const result = succeeded(await engine.up({}));
    expect(result.diagnostics.map(({ message }) => message).join()).toMatch(/interrupted[\s\S]*Thing::a, interrupted while creating/);
    expect(project.pending()).toEqual([]);
    expect(project.resources().get("a")?.id).toBe(made[0]);
    expect(objects(project)).toHaveLength(2);
    expect(succeeded(await engine.up({})).changeSummary).toEqual({ same: 3 });
  });

  test("during an update: the next run puts the declared value there, whichever it is", async () => {
    const project = new TestProject();
    const sized = (size: number) => ({ resources: [{ name: "a", inputs: { size } }] });
    succeeded(await (await engineOn(project, sized(1))).up({}));
    await killDuring(project, sized(2), "update a");
    expect(project.pending()).toMatchObject([{ type: "updating" }]);
    const engine = await engineOn(project, sized(1));
    await engine.cancel();
    // State says 1 and the program says 1, but the cloud has 2.
    expect(stepList(await engine.preview({}))).toEqual(["update a"]);
    expect(stepList(succeeded(await engine.up({})))).toEqual(["update a"]);
    expect(JSON.parse(readFileSync(path.join(project.dir, "cloud", objects(project)[0]!), "utf8")).size).toBe(1);
    expect(project.pending()).toEqual([]);
  });

  test("during a delete: the next run finishes it, or makes the object again when it is declared again", async () => {
    const project = new TestProject();
    const spec = { resources: [{ name: "a", inputs: { size: 1 } }] };
    succeeded(await (await engineOn(project, spec)).up({}));
    await killDuring(project, {}, "delete a");
    expect(project.pending()).toMatchObject([{ type: "deleting" }]);
    const engine = await engineOn(project, spec);
    await engine.cancel();
    expect(stepList(succeeded(await engine.up({})))).toEqual(["create a"]);
    expect(objects(project)).toHaveLength(1);

    await killDuring(project, {}, "delete a");
    await engine.cancel();
    expect(stepList(succeeded(await (await engineOn(project, {})).up({})))).toEqual([]);
    expect(project.pending()).toEqual([]);
    expect(project.resources().size).toBe(0);
  });

  test("during a create that is then no longer declared: the next run takes the object away", async () => {
    const project = new TestProject();
    await killDuring(project, { resources: [{ name: "a" }] }, "create a");
    const engine = await engineOn(project, {});
    await engine.cancel();
    const result = succeeded(await engine.up({}));
    expect(stepList(result)).toEqual(["delete a"]);
    expect(objects(project)).toEqual([]);
    expect(project.pending()).toEqual([]);
  });
});

describe("Ctrl-C", () => {
  test("during a create: what was under way is recorded, the lock is free, nothing more starts", async () => {
    const project = new TestProject();
    const interrupt = new AbortController();
    project.cloud.during.set("create a", async (signal) => {
      const told = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      interrupt.abort();
      await told;
      throw new Error("stopped while waiting");
    });
    const spec = { resources: [{ name: "a" }, { name: "b", inputs: { size: "<a.serial>" } }] };
    const engine = await project.engine(spec);
    const result = await engine.up({ signal: interrupt.signal });
    expect(result.result).toBe("cancelled");
    expect(errorsOf(result)).toMatch(/cancelled\. Under way were:\n.*Thing::a, while creating\nThe state is saved/);
    expect(project.cloud.calls).toEqual(["create a"]);
    expect(project.pending()).toMatchObject([{ type: "creating" }]);
    project.cloud.during.clear();
    expect((await project.up(spec)).changeSummary).toEqual({ same: 1, create: 2 });
    expect((await engine.history()).map(({ result }) => result)).toEqual(["succeeded", "failed"]);
  });

  test("before anything: nothing is done", async () => {
    const project = new TestProject();
    const result = await (await project.engine({ resources: [{ name: "a" }] })).up({ signal: AbortSignal.abort() });
    expect(result.result).toBe("cancelled");
    expect(project.cloud.calls).toEqual([]);
  });
});
