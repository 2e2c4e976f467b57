import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import picocolors from "picocolors";
import { afterAll, expect, test, vi } from "vitest";
import { releaseId } from "../../components/release.ts";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import { stopGithub } from "../../local/github/running.ts";
import { findWorld } from "../../local/world.ts";
import { keptSecret } from "../../ops/local-secrets.ts";
import { main } from "../../ops/main.ts";
import { release, yaml } from "./town.ts";

/** `promote --pull-request --local`, as somebody tries it out: a checkout, a state, and the local world's own GitHub as it starts by itself. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "local-promotion-")));
const world = findWorld(dir);
const root = path.resolve(import.meta.dirname, "../..");
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: dir, encoding: "utf8" });
afterAll(async () => {
  await stopGithub(world.githubDir);
  rmSync(dir, { recursive: true, force: true });
});

const [old, next] = [release("1.0.0"), release("1.1.0")];
const write = (file: string, text: string) => writeFileSync(path.join(dir, file), text);

async function live(stack: string): Promise<void> {
  const engine = await createEmbeddedEngine({
    ...{
      projectDir: dir,
      stack,
      backendDir: world.backendDir(undefined),
      providers: [],
      passphrase: await keptSecret(world.passphraseFile),
    },
  });
  expect((await engine.up({})).result).toBe("succeeded");
}

async function liftlock(...args: string[]) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const exitCode = await main([...args, "--local"], {
    ...{
      cwd: dir,
      env: { ...process.env, LIFTLOCK_COMMAND: "liftlock", GITHUB_TOKEN: "", GITHUB_ACTIONS: "" },
      colors: picocolors.createColors(false),
    },
    ...{ interactive: false, screen: undefined, out: say, err: say, ask: async () => "", onInterrupt: () => () => {} },
    kill: () => {
      throw new Error("it ended the process");
    },
  });
  return { exitCode, text: said.join("\n") };
}

test("what is committed is pushed to the local world's own GitHub, and the pull request opened there", async () => {
  mkdirSync(path.join(dir, ".git"), { recursive: true });
  git("init", "--quiet", "--initial-branch", "work");
  symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  write(".gitignore", ".liftlock/\nnode_modules\n");
  write("package.json", '{ "type": "module" }');
  write(
    "index.ts",
    `import * as pulumi from "@pulumi/pulumi";
const release = new pulumi.Config("ferry").requireObject<object>("release");
export const namespace = "ferry";
export { release };
`,
  );
  write(
    "Pulumi.yaml",
    `name: ferry
runtime: nodejs
config:
  application:
    value:
      name: ferry
      repository: { owner: acme, name: ferry, plan: free, visibility: public }
      promotion: { path: [staging, production], gates: { production: { soak: 1d } } }
      services: [{ name: web, kind: web, image: registry.example.com/web, port: 8080, route: { path: / } }]
`,
  );
  write("Pulumi.staging.yaml", yaml(next));
  write("Pulumi.production.yaml", yaml(old, 3));
  await live("staging");

  // Nothing is committed yet: it says what to do, and a token stands nowhere.
  const early = await liftlock("promote", "staging", "production", "--pull-request");
  expect(early).toMatchObject({ exitCode: 1, text: expect.stringContaining("commit it first, what is committed is pushed") });
  git("add", ".");
  git("commit", "--quiet", "-m", "Declare ferry");
  const first = await liftlock("promote", "staging", "production", "--pull-request");
  expect(first.text).toMatch(/Pushed [0-9a-f]+ to main of acme\/ferry on the local world's own GitHub/);
  expect(first.text).toMatch(/Opened http:\/\/127\.0\.0\.1:\d+\/acme\/ferry\/pull\/\d+\. Nothing was changed here/);
  expect(first.exitCode).toBe(0);
  const state = JSON.parse(readFileSync(path.join(world.githubDir, "github.json"), "utf8"));
  const [token] = Object.keys(state.tokens);
  expect(token).toMatch(/^ghp_/);
  expect(`${early.text}${first.text}`).not.toContain(token);
  const repo = state.repos["acme/ferry"];
  expect(Object.values(repo.pulls)).toMatchObject([{ head: "promote/production-1.1.0", base: "main" }]);
  expect(Object.values<{ body: string }>(repo.issues)[0]!.body).toContain(releaseId(next));

  // Again: nothing is pushed, nothing is opened.
  const again = await liftlock("promote", "staging", "production", "--pull-request");
  expect(again.text).toContain("It stands as it was:");
  expect(again.text).not.toContain("Pushed");
});
