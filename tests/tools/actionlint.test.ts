import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { workflowFiles } from "../../ops/workflows/workflows.ts";

const VERSION = "v1.7.12";
const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "liftlock", `actionlint-${VERSION}`);
const program = path.join(folder, "actionlint");

// Built once from its Go module, outside the repository.
beforeAll(async () => {
  if (existsSync(program)) return;
  await mkdir(folder, { recursive: true });
  await execa("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@${VERSION}`], { env: { GOBIN: folder } });
}, 600_000);

/** What actionlint says of workflows in a repository of their own, with this repository's configuration of it. */
async function lint(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "actionlint-"));
  try {
    const workflows = path.join(dir, ".github/workflows");
    await mkdir(workflows, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(workflows, file), text);
    const config = path.join(root, ".github/actionlint.yaml");
    const options = { cwd: dir, reject: false } as const;
    await execa("git", ["init", "--quiet"], { cwd: dir });
    const { stdout, stderr } = await execa(program, ["-no-color", "-oneline", "-shellcheck=", "-config-file", config], options);
    return `${stdout}${stderr}`;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const settings = {
  command: "./liftlock",
  folder: "",
  defaultBranch: "main",
  releaseTags: "v*",
  environments: [
    { stack: "dev", branch: "main", on: "push", sharesBranch: false, tags: [], checks: ["tests"] },
    { stack: "prod", branch: "main", on: "push", sharesBranch: true, tags: ["v*"], checks: [] },
  ],
  platforms: ["platform"],
  restrictsSources: true,
} as const;

test("this repository's workflows are right", async () => {
  const { stdout } = await execa(program, ["-no-color", "-shellcheck="], { cwd: root, reject: false });
  expect(stdout).toBe("");
});

test("workflows of any settings are right", async () => expect(await lint(workflowFiles(settings))).toBe(""));

test("a workflow that is wrong is found", async () => {
  const files = workflowFiles(settings);
  const wrong = { "drift.yml": files["drift.yml"]!.replace("needs.look.result", "needs.nothing.result") };
  expect(await lint(wrong)).toMatch(/property "nothing" is not defined/);
});
