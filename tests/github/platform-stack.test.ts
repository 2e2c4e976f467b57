import { describe, expect, test } from "vitest";
import { environmentsOf, requireEnvironment } from "../../ops/project-dir.ts";
import { liftlock } from "../ops/support/harness.ts";
import { run } from "./support.ts";

const world = { stacks: ["development", "staging", "shared"], platforms: ["shared"] };
const project = { name: "ferry", dir: "/nowhere", ...world };

describe("a stack that environments share", () => {
  test("is no environment", () => {
    expect(environmentsOf(project)).toEqual(["development", "staging"]);
    expect(() => requireEnvironment(project, "shared")).toThrow(/shared holds what environments share: no release goes there/);
    expect(requireEnvironment(project, "staging")).toBe("staging");
    expect(() => requireEnvironment(project, undefined)).toThrow(/It has: development, staging\.$/);
  });

  test.each(["promote development shared", "promote shared staging", "hotfix shared --reason x", "rollback shared", "rehearse shared"])(
    "takes no release: %s",
    async (args) => {
      const { exitCode, err, requests } = await liftlock(args, world);
      expect(exitCode).toBe(2);
      expect(err).toContain("shared holds what environments share");
      expect(requests.filter(({ cluster }) => cluster === "start")).toEqual([]);
    },
  );

  test("is previewed with the environments, and comes up by itself", async () => {
    const previewed = await liftlock("preview", world);
    expect(previewed.requests.map(({ stack }) => stack)).toEqual(["development", "staging", "shared"]);
    expect(await liftlock("up shared --yes", world)).toMatchObject({ exitCode: 0 });
  });
});

test.each([
  ["status", "platform"],
  ["why", "platform"],
  ["approve", "platform", "--as", "Ann <ann@example.com>"],
  ["hold", "platform", "--as", "Ann <ann@example.com>", "--reason", "x"],
  ["freeze", "platform", "--as", "Ann <ann@example.com>", "--reason", "x"],
])("%s of the platform stack says what it is", async (...args) => {
  const { exitCode, err } = await run([...args, "--local"]);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining("platform holds what environments share") });
});
