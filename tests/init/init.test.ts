import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { exampleNames } from "../../ops/init/example.ts";
import { nameOf } from "../../ops/init/flags.ts";
import { run } from "../github/support.ts";
import { emptyFolder } from "./support.ts";

// Of a package that npm knows; packing this checkout is tests/tools/package.test.ts' part.
const init = (dir: string, ...args: string[]) => run(["init", "--no-install", "--package", "1.0.0", ...args], dir);
const read = (dir: string, file: string) => readFileSync(path.join(dir, file), "utf8");

test("writes settings, program, workflows, code owners and document, beside a repository of git", async () => {
  const dir = emptyFolder();
  const { exitCode, out } = await init(
    dir,
    "--repository",
    "acme/shop",
    "--code-owner",
    "@acme/shop",
    "--environments",
    "staging,production",
  );
  expect(exitCode).toBe(0);
  for (const file of [
    "Pulumi.yaml",
    "Pulumi.staging.yaml",
    "Pulumi.production.yaml",
    "Pulumi.platform.yaml",
    "index.ts",
    "extend.ts",
    "package.json",
    "DEPLOYMENT.md",
    ".github/CODEOWNERS",
    ".github/workflows/deploy-production.yml",
    ".gitignore",
    "liftlock",
  ]) {
    expect(existsSync(path.join(dir, file)), file).toBe(true);
    expect(out).toContain(`written   ${file}`.replace("written   .github", "written  .github"));
  }
  expect(existsSync(path.join(dir, ".git"))).toBe(true);
  expect(statSync(path.join(dir, "liftlock")).mode & 0o111).toBe(0o111);
  expect(read(dir, "index.ts").trim().split("\n").length).toBeLessThan(8);
  const { dependencies } = JSON.parse(read(dir, "package.json"));
  const own = JSON.parse(readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8"));
  expect(dependencies["@pulumi/pulumi"]).toBe(own.dependencies["@pulumi/pulumi"]);
});

test("a second run writes the same, and so changes nothing", async () => {
  const dir = emptyFolder();
  await init(dir, "--repository", "acme/shop");
  execFileSync("git", ["add", "--all"], { cwd: dir });
  expect((await init(dir, "--repository", "acme/shop")).exitCode).toBe(0);
  expect(execFileSync("git", ["diff", "--stat"], { cwd: dir, encoding: "utf8" })).toBe("");
});

test("overwrites nothing: names what is there, and writes not one file", async () => {
  const dir = emptyFolder();
  writeFileSync(path.join(dir, "package.json"), '{ "name": "theirs" }\n');
  writeFileSync(path.join(dir, "index.ts"), "// theirs\n");
  const { exitCode, err } = await init(dir);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/index\.ts, package\.json/);
  expect(err).toContain("--force");
  expect(readdirSync(dir).sort()).toEqual(["index.ts", "package.json"]);
  expect(read(dir, "index.ts")).toBe("// theirs\n");
});

test("--force writes its own files anew and leaves others alone; .gitignore keeps its lines", async () => {
  const dir = emptyFolder();
  writeFileSync(path.join(dir, "index.ts"), "// theirs\n");
  writeFileSync(path.join(dir, ".gitignore"), "secret.txt");
  mkdirSync(path.join(dir, "src"));
  writeFileSync(path.join(dir, "src/main.py"), "pass\n");
  expect((await init(dir, "--force")).exitCode).toBe(0);
  expect(read(dir, "index.ts")).toContain("liftlock/program");
  expect(read(dir, "src/main.py")).toBe("pass\n");
  expect(read(dir, ".gitignore")).toBe("secret.txt\nnode_modules/\n.liftlock/\n*.log\n");
});

test.each([
  [["--branch-model", "gitflow"], /--branch-model must be one of trunk, branches, tags/],
  [["--database", "mysql"], /--database must be one of none, postgresql, sqlite/],
  [["--database", "sqlite"], /kind=stateful/],
  [["--service", "web"], /NAME=IMAGE/],
  [["--service", "web=ghcr.io/a/b,replicas=3"], /there is no "replicas"/],
  [["--repository", "shop"], /OWNER\/NAME/],
  [["--migrate", "make migrate"], /needs --database/],
  [["--example", "nothing"], /academiclab, contestlet, job-automation/],
  [["--service", "WEB=ghcr.io/acme/web"], /lower-case letters/],
  [["--soak", "soon"], /a duration such as/],
  [["--name", "Größe XL"], /^error: The application's name \(--name\) must be lower-case letters.*; not "Größe XL"\.$/],
  [["--environments", "platform,production"], /"platform" is the stack of what environments share/],
  [["--approvals", "2"], /--approvals goes with --approver/],
  [["--code-owner", "@ann"], /--code-owner goes with --repository/],
  [["--example", "contestlet", "--name", "shop", "--soak", "1h"], /leave --name, --soak out, and change them in the files/],
])("refuses %j, and leaves nothing behind", async (args, message) => {
  const dir = emptyFolder();
  const { exitCode, err } = await init(dir, ...args);
  expect(exitCode).toBe(2);
  expect(err).toMatch(message);
  expect(readdirSync(dir)).toEqual([]);
});

test("a fault of the settings is said by every command alike, and not by another command's name", async () => {
  const dir = emptyFolder();
  await init(dir);
  writeFileSync(path.join(dir, "Pulumi.yaml"), read(dir, "Pulumi.yaml").replace("kind: web", "kind: wbe"));
  const said = "Pulumi.yaml is not valid:\n  application.services[0].kind: must be one of web, worker, stateful";
  for (const args of [["status"], ["why", "production"], ["document"], ["secret", "list", "production"]])
    expect(await run([...args, "--local"], dir), args[0]).toMatchObject({ exitCode: 1, err: expect.stringContaining(said) });
});

test("a new folder has no control plane whose namespace could be read: it says where else", async () => {
  const { exitCode, err } = await init(emptyFolder(), "--from-namespace", "shop", "--local");
  expect([exitCode, err]).toEqual([
    2,
    expect.stringMatching(/control plane of this folder is not running.*--context NAME.*--kubeconfig FILE/),
  ]);
});

test("each fault of the settings is said once, file by file", async () => {
  const { err } = await init(emptyFolder(), "--service", "WEB=ghcr.io/acme/web", "--watch", "never");
  for (const words of ["Pulumi.yaml is not valid:", "services[0].name:", "gates.production.watch:"])
    expect(err.split(words), words).toHaveLength(2);
});

test("asks nobody about a project that is there already", async () => {
  const dir = emptyFolder();
  writeFileSync(path.join(dir, "package.json"), "{}\n");
  const { exitCode, err } = await run(["init"], dir, { interactive: true });
  expect([exitCode, err]).toEqual([2, expect.stringMatching(/package\.json[\s\S]*Nothing was written\. Choose another folder/)]);
});

test("a folder that cannot be written is the user's to change, not a fault of ours", async () => {
  const file = path.join(emptyFolder(), "file");
  writeFileSync(file, "");
  const { exitCode, err } = await init(path.dirname(file), path.join(file, "shop"));
  expect(exitCode).toBe(2);
  expect(err).toMatch(/cannot be written: .*Choose a folder/);
  expect(err).not.toContain("fault of liftlock");
});

test("without git it says what to install, and the same command goes on", async () => {
  const dir = emptyFolder();
  vi.stubEnv("PATH", dir);
  const { exitCode, err } = await init(dir);
  vi.unstubAllEnvs();
  expect([exitCode, err]).toEqual([1, expect.stringMatching(/no git on PATH.*the same command goes on/)]);
  expect((await init(dir)).exitCode).toBe(0);
});

test("where npm cannot install, the files stay, its reason is shown, and how to go on", async () => {
  const dir = emptyFolder();
  const tools = path.join(path.dirname(dir), "bin");
  mkdirSync(tools);
  const said = [
    "npm warn old lockfile",
    "npm error code ECONNREFUSED",
    "npm error request to http://registry failed ($npm_config_globalconfig)",
    "npm error     at stack (x.js:1)",
  ];
  const rest = ["npm error {", "npm error   port: 9", "npm error }", "npm error", "npm error A complete log of this run is there"];
  writeFileSync(
    path.join(tools, "npm"),
    `#!/bin/sh\nif [ "$1" = config ]; then case $PATH in *node_modules*) echo /ours/npmrc ;; *) echo /company/npmrc ;; esac; exit; fi\ncat >&2 <<END\n${[...said, ...rest].join("\n")}\nEND\nexit 1\n`,
    { mode: 0o755 },
  );
  const { exitCode, err } = await run(["init", "--package", "1.0.0"], dir, {
    env: { PATH: `/shop/node_modules/.bin:${tools}:/usr/bin:/bin` },
  });
  expect(exitCode).toBe(1);
  expect(err.split("\n").slice(1)).toEqual([
    "npm error code ECONNREFUSED",
    // Read by the settings of this machine, which npm finds beside another Node than ours.
    "npm error request to http://registry failed (/company/npmrc)",
    "The files are written. Later, in .: ./liftlock preview --local (it installs what is missing).",
  ]);
  expect(existsSync(path.join(dir, "Pulumi.yaml"))).toBe(true);
});

test("a soak that nothing comes before is said to be left out", async () => {
  expect((await init(emptyFolder(), "--environments", "production", "--soak", "24h")).out).toContain("--soak is left out");
});

test.each([
  ["Größe XL!", "grosse-xl"],
  ["Ünïcode", "unicode"],
  ["2024-shop", "shop"],
  ["...", "application"],
  [`${"a".repeat(29)}-b`, "a".repeat(29)],
])("a folder called %j proposes the name %s", (folder, name) => {
  expect(nameOf(path.join("/", folder))).toBe(name);
});

test("the document says what the settings say, and is checked to be current", async () => {
  const dir = emptyFolder();
  await init(dir, "--database", "postgresql", "--soak", "24h", "--approver", "ann@example.com", "--watch", "30m");
  const text = read(dir, "DEPLOYMENT.md");
  for (const words of [
    "**development** → **staging** → **production**",
    "./liftlock promote staging production",
    "it ran there for 24h without trouble",
    "it has 1 approval by approver",
    "./liftlock rollback production",
    "| production | `0 2 * * *` (Etc/UTC) | 30 days | real |",
    "production is watched for 30m",
    "| web | `/health/ready` | `/health/live` |",
  ])
    expect(text).toContain(words);
  expect((await run(["document", "--check"], dir)).exitCode).toBe(0);
  writeFileSync(path.join(dir, "Pulumi.yaml"), read(dir, "Pulumi.yaml").replace("soak: 24h", "soak: 72h"));
  const stale = await run(["document", "--check"], dir);
  expect(stale.exitCode).toBe(3);
  expect(stale.out).toContain("liftlock document writes it");
  expect(read(dir, "DEPLOYMENT.md")).toBe(text);
  expect((await run(["document"], dir)).exitCode).toBe(0);
  expect(read(dir, "DEPLOYMENT.md")).toContain("it ran there for 72h");
});

test("in a folder of a larger repository the workflows call the project's own command", async () => {
  const root = emptyFolder();
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  const dir = path.join(root, "deploy");
  mkdirSync(dir);
  expect((await init(dir, "--repository", "acme/shop")).exitCode).toBe(0);
  expect(read(root, ".github/workflows/deploy-production.yml")).toContain("./deploy/liftlock --stack-dir deploy up production");
  expect(existsSync(path.join(dir, ".git"))).toBe(false);
});

test("the document of the application in this repository is current, too (npm run docs)", async () => {
  expect(await run(["document", "--check"])).toMatchObject({ exitCode: 0, err: "" });
});

test.each(exampleNames())(
  "a project that starts from %s has workflows, owners and a document that its settings ask for, now and later",
  async (example) => {
    const dir = emptyFolder();
    const { exitCode, err } = await init(dir, "--example", example);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    for (const file of ["index.ts", "extend.ts", "DEPLOYMENT.md", ".github/workflows/preview.yml"])
      expect(existsSync(path.join(dir, file)), file).toBe(true);
    // GitHub asks owners where the strategy names some.
    expect(existsSync(path.join(dir, ".github/CODEOWNERS"))).toBe(/^ +codeOwners:/m.test(read(dir, "Pulumi.yaml")));
    expect(await run(["document", "--check"], dir)).toMatchObject({ exitCode: 0 });
    expect(await run(["workflows", "--check"], dir)).toMatchObject({ exitCode: 0 });
    // Stale is what the settings no longer say.
    const settings = read(dir, "Pulumi.production.yaml");
    writeFileSync(path.join(dir, "Pulumi.production.yaml"), settings.replace(/host: \S+/, "host: elsewhere.example.com"));
    expect(await run(["document", "--check"], dir)).toMatchObject({ exitCode: 3 });
  },
);
