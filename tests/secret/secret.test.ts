import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { passphraseCrypter } from "../../local/engine/backend/crypter.ts";
import { loadProject, loadStackConfig, stackSalt } from "../../local/engine/project.ts";
import { keptIn } from "../../ops/local/secret-values.ts";
import { PLANTED, World } from "./support.ts";

const git = (dir: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", ...args], { cwd: dir, stdio: "pipe" });

test("a value under a passphrase is written as the Pulumi CLI writes it, and shown nowhere", async () => {
  const world = new World();
  world.env.PULUMI_CONFIG_PASSPHRASE = "open";
  const before = world.file();
  const ended = await world.run(["secret", "set", "production", "DATABASE_URL"], `${PLANTED}\n`);
  expect(ended).toMatchObject({ exitCode: 0, err: "" });
  expect(ended.out).toContain("The next up restarts api, and nothing else.");
  expect(world.file()).toMatch(/shop:DATABASE_URL:\n {4}secure: v1:/);
  expect(world.file().startsWith(before.slice(0, 400))).toBe(true);
  expect(JSON.stringify([ended, world.file()])).not.toContain("planted-word");
  const project = await loadProject(world.dir);
  const config = await loadStackConfig(project, "production", await passphraseCrypter(stackSalt(project, "production"), "open"));
  expect(config["shop:DATABASE_URL"]).toMatchObject({ value: PLANTED, secret: true });

  // A second one goes under the same salt; another passphrase opens nothing and changes nothing.
  const salt = stackSalt(project, "production");
  expect((await world.run(["secret", "set", "production", "SESSION_KEY"], "planted-word")).exitCode).toBe(0);
  expect(stackSalt(await loadProject(world.dir), "production")).toBe(salt);
  const kept = world.file();
  world.env.PULUMI_CONFIG_PASSPHRASE = "wrong";
  const refused = await world.run(["secret", "rotate", "production", "SESSION_KEY"], "planted-word");
  expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining("does not open the secrets of production") });
  expect(world.file()).toBe(kept);
});

test("with a secrets provider of its own the Pulumi CLI encrypts: the value goes over standard input, never a command line", async () => {
  const world = new World().cli();
  world.write("production", `${world.file()}secretsprovider: azurekeyvault://acme.vault.azure.net/keys/pulumi?token=planted-word\n`);
  const ended = await world.run(["secret", "set", "production", "DATABASE_URL"], PLANTED);
  expect(ended).toMatchObject({ exitCode: 0, err: "" });
  expect(world.heard).toBe(PLANTED);
  expect(world.asked).toEqual(["config set --secret DATABASE_URL --stack production --non-interactive"]);
  expect(JSON.stringify([ended, world.asked])).not.toContain("planted-word");
});

test("what the CLI repeats of a value is not passed on", async () => {
  const world = new World().cli(`"config set"*) read -r value; echo "error: cannot keep $value" >&2; exit 255;;`);
  world.write("production", `${world.file()}secretsprovider: awskms://alias/shop\n`);
  const ended = await world.run(["secret", "set", "production", "SESSION_KEY"], "planted-word\n");
  expect(ended).toMatchObject({ exitCode: 1, err: expect.stringContaining("cannot keep [secret]") });
  expect(JSON.stringify(ended)).not.toContain("planted-word");
});

test.each([
  [["set", "production", "SESSION_KEY"], "", 2, /No value for SESSION_KEY/],
  [["set", "production", "DATABASE_URL"], "mysql://planted-word", 2, /must be a URL that begins with postgresql:\/\//],
  [["set", "production", "SESION_KEY"], "planted-word", 2, /Did you mean SESSION_KEY/],
  [["set", "production"], "planted-word", 2, /production has: DATABASE_URL, SESSION_KEY/],
  [["rotate", "production", "SESSION_KEY"], "planted-word", 2, /nothing to rotate/],
  [["drop", "production", "SESSION_KEY"], "planted-word", 2, /set, rotate or list/],
  [["set", "production", "SESSION_KEY", "planted-word"], "", 2, /no value on the command line/],
])("secret %j is refused, without the value", async (args, input, exitCode, message) => {
  const world = new World();
  world.env.PULUMI_CONFIG_PASSPHRASE = "open";
  const before = world.file();
  const ended = await world.run(["secret", ...args], input);
  expect([ended.exitCode, ended.err]).toEqual([exitCode, expect.stringMatching(message)]);
  expect(JSON.stringify(ended)).not.toContain("planted-word");
  expect(world.file()).toBe(before);
});

test("the list says what is missing, what is set, and since when; never a value", async () => {
  const world = new World();
  world.env.PULUMI_CONFIG_PASSPHRASE = "open";
  expect((await world.run(["secret", "list", "production"])).exitCode).toBe(1);
  await world.run(["secret", "set", "production", "DATABASE_URL"], PLANTED);
  const rows = async () => JSON.parse((await world.run(["secret", "list", "production", "--json"])).out);
  expect(await rows()).toMatchObject([
    { key: "DATABASE_URL", set: "app-secrets", state: "set" },
    { key: "SESSION_KEY", state: "missing" },
  ]);
  git(world.dir, "init", "--quiet");
  git(world.dir, "add", "Pulumi.production.yaml");
  git(world.dir, "commit", "--quiet", "--message", "set", "--date", "2026-01-02T03:04:05Z");
  const [{ since }] = await rows();
  expect(Date.parse(since)).toBeGreaterThan(Date.now() - 600_000);
  await world.run(["secret", "rotate", "production", "DATABASE_URL"], PLANTED.replace("planted", "newly-planted"));
  const ended = await world.run(["secret", "list", "production"]);
  expect(ended.out).toMatch(/DATABASE_URL +app-secrets +set +not committed/);
  expect(ended.out).not.toMatch(/planted|v1:/);
});

test("values of the local world stay outside git, for their owner alone", async () => {
  const world = new World();
  const before = world.file();
  const ended = await world.run(["secret", "set", "production", "SESSION_KEY", "--local"], "planted-word");
  expect(ended.exitCode).toBe(0);
  expect(world.file()).toBe(before);
  const file = path.join(world.dir, ".liftlock/secret-values.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ "shop/production": { SESSION_KEY: expect.stringMatching(/^sealed:v1:/) } });
  expect(readFileSync(file, "utf8")).not.toContain("planted-word");
  expect(await keptIn(world.dir, "shop", "production")).toEqual({ SESSION_KEY: "planted-word" });
  // Moved to another key, or damaged, it opens no more; one from before values were sealed still counts.
  const sealed = JSON.parse(readFileSync(file, "utf8"))["shop/production"].SESSION_KEY;
  writeFileSync(file, JSON.stringify({ "shop/production": { OTHER_KEY: sealed } }));
  await expect(keptIn(world.dir, "shop", "production")).rejects.toThrow("cannot be read");
  writeFileSync(file, JSON.stringify({ "shop/production": { SESSION_KEY: "from-before" } }));
  expect(await keptIn(world.dir, "shop", "production")).toEqual({ SESSION_KEY: "from-before" });
  const list = await world.run(["secret", "list", "production", "--local"]);
  expect(list.out).toMatch(/DATABASE_URL +app-secrets +made up/);
  expect(list.out).toMatch(/SESSION_KEY +app-secrets +given/);
  expect(JSON.stringify([ended, list])).not.toContain("planted-word");
});

test("a secret that people keep in a vault is none of the stack's: listed so, missed by nobody, and not written into the stack's file", async () => {
  const world = new World();
  const vault = "    azure: { platform: platform, vault: { name: shop-prod, sets: [app-secrets] } }\n";
  world.write("production", world.file().replace("shop:environment:\n", `shop:environment:\n${vault}`));
  const kept = world.file();
  const list = await world.run(["secret", "list", "production"]);
  expect(list).toMatchObject({ exitCode: 0, err: "" });
  expect(list.out).toMatch(/DATABASE_URL +app-secrets +in shop-prod/);
  const refused = await world.run(["secret", "rotate", "production", "DATABASE_URL"], PLANTED);
  expect(refused.exitCode).toBe(2);
  expect(refused.err).toContain("az keyvault secret set --vault-name shop-prod --name DATABASE-URL");
  expect(JSON.stringify(refused)).not.toContain("planted-word");
  expect(world.file()).toBe(kept);
});
