import { cpSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { root } from "../../docs/pages.ts";
import { temporaryWorld } from "../setup.ts";

export interface Clone {
  readonly dir: string;
  /** The folder that it lies in, where a reader puts other things beside it. */
  readonly parent: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/**
 * What somebody has who cloned this checkout as it is now (tracked or about to be), ran `npm ci`, and has an empty home but for git's name for them. Its
 * control plane, state and ledger are its own; the built programs of the control plane come from this machine's cache.
 */
export async function makeClone(): Promise<Clone> {
  const world = temporaryWorld();
  const parent = realpathSync(world.projectDir);
  const dir = path.join(parent, "ferry");
  const listed = await execa("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  const deleted = await execa("git", ["ls-files", "--deleted", "-z"], { cwd: root });
  const gone = new Set(deleted.stdout.split("\0"));
  for (const file of listed.stdout.split("\0")) if (file !== "" && !gone.has(file)) cpSync(path.join(root, file), path.join(dir, file));
  // Links share the files: nothing that runs writes into a package. Not of one disk: copies.
  const packages = [path.join(root, "node_modules"), path.join(dir, "node_modules")];
  await execa("cp", ["-al", ...packages]).catch(() => execa("cp", ["-a", ...packages]));
  settleAtOnce(path.join(dir, "Pulumi.yaml"));

  const home = path.join(parent, "home");
  mkdirSync(home);
  writeFileSync(path.join(home, ".gitconfig"), "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n");
  const env = {
    HOME: home,
    PATH: process.env.PATH ?? "",
    LANG: "C.UTF-8",
    TERM: "xterm",
    CI: "true", // no moving status line
    NO_COLOR: "1",
    LIFTLOCK_CACHE: process.env.LIFTLOCK_CACHE || process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"),
    // How this machine reaches a registry.
    npm_config_cache: path.join(os.homedir(), ".npm"),
    npm_config_userconfig: path.join(os.homedir(), ".npmrc"),
    ...Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value && /_proxy$|_CA_CERTS$/i.test(name) ? [[name, value]] : [])),
    ),
  };
  for (const args of [
    ["init", "-q"],
    ["add", "--all"],
    ["commit", "-q", "-m", "as it is"],
  ])
    await execa("git", args, { cwd: dir, env, extendEnv: false });
  return { dir, parent, env, remove: world.remove };
}

/** How long a pod must stay ready before it counts is the product's own affair; here it only takes time. */
function settleAtOnce(file: string): void {
  const text = readFileSync(file, "utf8");
  const changed = text.replaceAll(/^( +)- name: \w+\n +kind: web$/gm, "$&\n$1  settle: 1s");
  if (changed === text) throw new Error(`${file} has no service to settle`);
  writeFileSync(file, changed);
}
