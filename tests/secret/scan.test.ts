import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { run } from "../github/support.ts";
import { emptyFolder } from "../init/support.ts";

// Put together here, so that a scan of this repository finds nothing.
const TOKEN = ["ghp", "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"].join("_");

const git = (dir: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", ...args], { cwd: dir, stdio: "pipe" });

test("a credential in what is committed or could be is found by file and line, and not repeated", async () => {
  const dir = emptyFolder();
  git(dir, "init", "--quiet");
  writeFileSync(path.join(dir, ".gitignore"), "ignored.env\n");
  writeFileSync(path.join(dir, "ignored.env"), `TOKEN=${TOKEN}\n`);
  expect((await run(["scan"], dir)).exitCode).toBe(0);
  writeFileSync(path.join(dir, "settings.ts"), `// nothing here\nexport const token = "${TOKEN}";\n`);
  const found = await run(["scan"], dir);
  expect(found.exitCode).toBe(1);
  expect(found.out + found.err).toMatch(/settings\.ts:2/);
  expect(found.out + found.err).not.toContain("settings.ts:1");
  expect(found.out + found.err).not.toContain(TOKEN);
});

test("what a commit added and a later one took away is found with --since", async () => {
  const dir = emptyFolder();
  git(dir, "init", "--quiet");
  git(dir, "commit", "--quiet", "--allow-empty", "--message", "begin");
  writeFileSync(path.join(dir, "key.txt"), `${TOKEN}\n`);
  git(dir, "add", "key.txt");
  git(dir, "commit", "--quiet", "--message", "add");
  git(dir, "rm", "--quiet", "key.txt");
  git(dir, "commit", "--quiet", "--message", "take away");
  expect((await run(["scan"], dir)).exitCode).toBe(0);
  const found = await run(["scan", "--since", "HEAD~2"], dir);
  expect(found.exitCode).toBe(1);
  expect(found.out + found.err).toContain("key.txt");
  expect(found.out + found.err).not.toContain(TOKEN);
});
