import { describe, expect, test } from "vitest";
import { Secret } from "../../local/engine/values.ts";
import { checkConfig, connectionOf, endpoints } from "../../local/providers/github/config.ts";
import { findWorld } from "../../local/world.ts";
import { githubTarget } from "../../ops/local/github.ts";

describe("which GitHub is talked to", () => {
  const target = { baseUrl: "http://127.0.0.1:4000", token: "stand-in", owner: "acme" };

  test("an explicit provider without an address means this run's, whatever token lies about", () => {
    const inputs = { baseUrl: "https://api.github.com/", token: new Secret("real"), owner: "umbrella" };
    expect(connectionOf(inputs, target)).toEqual({ ...target, owner: "umbrella" });
  });
  test("an address of its own goes with a token of its own, never with this run's", () => {
    expect(connectionOf({ baseUrl: "https://github.example.com/", token: new Secret("theirs") }, target)).toEqual({
      baseUrl: "https://github.example.com/",
      token: "theirs",
      owner: undefined,
    });
    expect(() => connectionOf({ baseUrl: "https://github.example.com/" }, target)).toThrow(/no token for it/);
  });
  test.each([
    ["https://api.github.com/", "https://api.github.com"],
    ["https://github.com", "https://api.github.com"],
    ["https://acme.ghe.com/", "https://api.acme.ghe.com"],
    ["https://github.example.com/api/v3/", "https://github.example.com/api/v3"],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000/api/v3"],
  ])("%s has its API at %s", (baseUrl, rest) => expect(endpoints(baseUrl).rest).toBe(rest));

  test("a local run talks to the one that is named, which wants its token; never to one that only a token lies about for", async () => {
    const about = [findWorld("/nowhere"), { name: "p", dir: "/nowhere", stacks: [] }, { stack: "s", cluster: "start" }] as const;
    const at = (env: NodeJS.ProcessEnv) => githubTarget(env, ...about);
    expect((await at({ GITHUB_TOKEN: "real", GITHUB_OWNER: "acme" })).target).toEqual({ kind: "offline" });
    await expect(at({ LIFTLOCK_GITHUB: "https://api.github.com" })).rejects.toThrow(/GITHUB_TOKEN holds no token/);
    const { target: named, words } = await at({ LIFTLOCK_GITHUB: "https://api.github.com", GITHUB_TOKEN: "real" });
    expect(named).toEqual({ kind: "api", baseUrl: "https://api.github.com", token: "real" });
    expect(words).toBe(", GitHub at api.github.com");
  });
  test("a token is a secret, and what is not supported is said", () => {
    const { inputs, failures } = checkConfig({ token: "t", appAuth: { id: "1" }, bseUrl: "x" });
    expect(inputs.token).toEqual(new Secret("t"));
    expect(failures.map(({ property }) => property)).toEqual(["appAuth", "bseUrl"]);
  });
});
