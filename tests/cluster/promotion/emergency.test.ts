import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { Project, release } from "./project.ts";

/** Glass that is broken, confirmed, used up and ported back; and pods that find no node. Each test goes on from where the one before left it. */
let project: Project;
let fix: ReturnType<typeof release>;
beforeAll(async () => {
  project = await new Project().init();
  await project.commit("first");
  fix = release("1.0.1", "", { commit: await project.commit("the fix") });
});
afterAll(() => project.remove());

async function as(name: string): Promise<void> {
  await execa("git", ["config", "user.name", name], { cwd: project.dir });
  await execa("git", ["config", "user.email", `${name}@example.com`], { cwd: project.dir });
}
const red = async (): Promise<string[]> => JSON.parse((await project.liftlock("status upper --json")).out)[0].red;
const gates = (expiresAfter: string) => ({
  promotion: { path: [...project.stacks], gates: { upper: { soak: "72h", breakGlass: { confirmWithin: "1h", expiresAfter } } } },
});

describe("break-glass", () => {
  test("without it the gates stand: what lower never ran is refused", async () => {
    for (const stack of project.stacks) {
      project.write(stack, release("1.0.0"), { min: 1 });
      expect(await project.liftlock(`up ${stack}`)).toMatchObject({ exitCode: 0, err: "" });
    }
    project.writeApplication(gates("12h"));
    project.write("upper", fix, { min: 1 });
    expect(await project.liftlock("up upper")).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/does not take 1\.0\.1-.*lower never ran 1\.0\.1/s),
    });
  });

  test("needs a reason and an incident; then the release goes in at once, and the environment is red", async () => {
    expect(await project.liftlock("break-glass upper --incident INC-7")).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("--reason"),
    });
    expect(await project.liftlock("break-glass upper --reason down")).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("--incident"),
    });
    expect(await project.entries("break-glass")).toEqual([]);
    expect(await project.liftlock("break-glass upper --incident INC-7 --reason down")).toMatchObject({ exitCode: 0, err: "" });
    expect(parse(project.readStackFile("upper")).config["shop:release"].breakGlass).toEqual({ incident: "INC-7", reason: "down" });
    expect(await project.liftlock("up upper")).toMatchObject({ exitCode: 0, err: "" });
    expect(await project.image("upper", "api")).toBe(fix.images.api);
    expect(await red()).toEqual([
      expect.stringContaining("not confirmed by a second person"),
      expect.stringMatching(/^INC-7: down .*: port it back to lower$/),
    ]);
  });

  test("a second person confirms, not the one who broke it", async () => {
    expect(await project.liftlock("break-glass confirm upper")).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining("somebody else"),
    });
    await as("bea");
    expect(await project.liftlock("break-glass confirm upper")).toMatchObject({ exitCode: 0, err: "" });
    await as("ada");
    expect(await red()).toEqual([expect.stringContaining("port it back to lower")]);
  });

  test("red until lower runs a release that contains the fix, by git's history; then the ledger says so by itself", async () => {
    expect(await project.liftlock("back-port upper")).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("lower runs no commit that contains"),
    });
    const later = release("1.1.0", "", { commit: await project.commit("and more") });
    project.write("lower", later, { min: 1 });
    const { exitCode, out, err } = await project.liftlock("up lower");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/1\.0\.1-\w+ of upper is ported back: lower has it/);
    expect(await project.entries("back-ported")).toEqual([expect.objectContaining({ stack: "upper", to: ["lower"] })]);
    expect(await red()).toEqual([]);
  });

  test("expires: then the gates stand again", async () => {
    project.writeApplication(gates("1s"));
    project.write("upper", release("1.0.2"), { min: 1 });
    expect((await project.liftlock("break-glass upper --incident INC-8 --reason again")).exitCode).toBe(0);
    const lane = async () => JSON.parse((await project.liftlock("why upper --json")).out).lane;
    await expect.poll(lane, { timeout: 20_000 }).toBe("normal");
    expect(await project.liftlock("up upper")).toMatchObject({ exitCode: 1, err: expect.stringContaining("does not take 1.0.2-") });
    expect(await project.image("upper", "api")).toBe(fix.images.api);
  });
});

test("why names the pod that finds no node, the resource that it lacks, and how much it asks for", async () => {
  const crowded = await new Project().init();
  onTestFinished(() => crowded.remove());
  crowded.write("lower", release("0.9.0"), { min: 1, cpu: "1000" });
  const failed = await crowded.liftlock("up lower --no-rollback");
  expect(failed).toMatchObject({ exitCode: 1, err: expect.stringContaining("Insufficient cpu") });
  const { exitCode, out } = await crowded.liftlock("why lower");
  expect(exitCode).toBe(0);
  expect(out).toMatch(
    new RegExp(`pending Pod ${crowded.namespace("lower")}/(api|web)-\\S+ finds no node with enough cpu \\(it requests cpu 1k?(000)?\\)`),
  );
  const { pendingPods } = JSON.parse((await crowded.liftlock("why lower --json")).out);
  expect(pendingPods).toContainEqual(expect.objectContaining({ namespace: crowded.namespace("lower"), lacks: ["cpu"] }));
});
