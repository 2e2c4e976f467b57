import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project, release } from "./project.ts";

/** One environment, in which one bad release after another is put back. Each test goes on from where the one before left it. */
let project: Project;
beforeAll(async () => {
  project = await new Project().init();
});
afterAll(() => project.remove());

const good = release("1.0.0");

describe("a bad release is put back by itself", () => {
  test("the first release is deployed and recorded", async () => {
    const { exitCode, out, err } = await project.liftlock("up lower");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("lower: ");
    expect(await project.entries("deployment")).toEqual([expect.objectContaining({ stack: "lower", result: "succeeded", update: 1 })]);
  });

  test.each([
    ["misbehaves-pull", "1.1.0", /ImagePullBackOff|ErrImagePull/],
    ["misbehaves-crash", "1.2.0", /CrashLoopBackOff/],
  ])("an image that %s", async (word, version, reason) => {
    project.write("lower", release(version, word), { level: "debug" });
    const fewest = project.watchAvailable("lower", "api");
    const { exitCode, out, err } = await project.liftlock("up lower");
    console.log(out, err);
    expect(exitCode).toBe(1);
    expect(await fewest()).toBeGreaterThanOrEqual(2);
    expect(err).toMatch(reason);
    expect(await project.image("lower", "api")).toBe(good.images.api);
    const rollback = (await project.entries("rollback")).at(-1);
    expect(rollback).toMatchObject({
      stack: "lower",
      automatic: true,
      class: "config-coupled",
      to: { version: "1.0.0" },
      from: { version },
    });
    expect(rollback?.cause).toMatch(reason);
  });
});
