import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import { furnish } from "../../local/github/furnish.ts";
import { type Github, startGithub } from "../../local/github/index.ts";
import type { Repo } from "../../local/github/state.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import type { Engine, RunResult } from "../../ops/engine.ts";
import { githubSettings, namedActors } from "../../ops/github/settings.ts";
import { atTheEnd } from "../at-the-end.ts";
import { MemoryCluster } from "../components/memory-cluster.ts";
import { overlay } from "../components/support.ts";
import { readYaml, stackFiles } from "../settings/projects.ts";
import { root } from "./support.ts";

// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them, replies of an API
type Any = any;

/** What a stack has on GitHub, by the program's own components and from its own settings, and nothing else of it. */
const RULES = `
import { createEnvironmentRules } from "${root}/components/github/environment-rules.ts";
import { createRepositoryRules } from "${root}/components/platform/github.ts";
import { loadStack } from "${root}/components/settings.ts";
export default () => {
  const settings = loadStack();
  return "platform" in settings ? createRepositoryRules(settings) : { ...createEnvironmentRules(settings) };
};
`;

/** A project that is brought up, stack by stack: its cluster in memory, its GitHub the stand-in. */
export class BroughtUp {
  readonly name: string;
  readonly #dir: string;
  readonly github: Github;
  readonly repo: Repo;
  /** Of who administers the repository. */
  readonly token: string;
  readonly #work: string;
  readonly #cluster = new MemoryCluster();

  private constructor(name: string, dir: string, work: string, github: Github, token: string) {
    this.name = name;
    this.#dir = dir;
    this.#work = work;
    this.github = github;
    this.token = token;
    this.repo = Object.values(github.hub.state.repos)[0]!;
  }

  /**
   * The repository as a team has it: with the teams and people of the settings, and branches to begin with. `rulesOnly`: what stacks have on
   * GitHub, in a fraction of the time; else the whole program.
   */
  static async open(name: string, { branches = [] as string[], rulesOnly = false } = {}): Promise<BroughtUp> {
    const work = mkdtempSync(path.join(os.tmpdir(), "liftlock-brought-up-"));
    const own = name === "ferry" ? root : path.join(root, "examples", name);
    const dir = rulesOnly ? rulesOf(own, path.join(work, "project")) : own;
    const github = await startGithub({ dir: path.join(work, "github") });
    atTheEnd(async () => {
      await github.close();
      rmSync(work, { recursive: true, force: true });
    });
    const stacks = stackFiles(dir).map((file) => file.slice("Pulumi.".length, -".yaml".length));
    const settings = githubSettings({ name, dir, stacks, platforms: ["platform"] })!;
    const { owner, ownerKind, plan, name: repository, visibility, defaultBranch } = settings.repository;
    const { teams, users } = namedActors(settings);
    const slugs = teams.map((team) => team.slice(team.indexOf("/") + 1));
    const people = users.filter((login) => login !== owner);
    const token = await furnish(github, { owner, ownerKind, plan, repository, visibility, defaultBranch, teams: slugs, users: people });
    const brought = new BroughtUp(name, dir, work, github, token);
    const { object } = await brought.ask("GET", `git/ref/heads/${defaultBranch}`);
    for (const branch of branches)
      if (branch !== defaultBranch) await brought.ask("POST", "git/refs", { ref: `refs/heads/${branch}`, sha: object.sha });
    return brought;
  }

  /** The engine of one stack, with its settings as committed, changed, and a planted value for every secret. */
  async engine(stack: string, change: (settings: Any) => void = () => {}): Promise<Engine> {
    const application = readYaml(this.#dir, "Pulumi.yaml").config.application.value;
    const config = readYaml(this.#dir, `Pulumi.${stack}.yaml`).config;
    const of = (key: string) => config[`${this.name}:${key}`];
    const settings = { application, environment: of("environment"), platform: of("platform"), release: of("release") };
    // What a stack has in a cloud is tested beside the stand-in for that.
    delete settings.environment?.azure;
    if (settings.environment?.monitoring?.azure !== undefined) delete settings.environment.monitoring;
    if (settings.platform !== undefined) settings.platform = { github: settings.platform.github };
    change(settings);
    const object = (value: unknown) => ({ value: JSON.stringify(value), secret: false, object: true });
    const extraConfig = settings.platform
      ? { [`${this.name}:application`]: object(application), [`${this.name}:platform`]: object(settings.platform) }
      : overlay(this.name, stack, settings);
    return createEmbeddedEngine({
      projectDir: this.#dir,
      stack,
      backendDir: path.join(this.#work, "backend"),
      passphrase: "of the test",
      providers: [
        this.#cluster.factory(),
        githubFactory({ kind: "api", baseUrl: this.github.url, token: this.token, owner: this.repo.owner }),
      ],
      extraConfig,
    });
  }
  async up(stack: string, change?: (settings: Any) => void): Promise<RunResult> {
    return succeeded(await (await this.engine(stack, change)).up({}));
  }

  /** Asks GitHub's API of the repository; undefined where GitHub answers 404. */
  async ask(method: string, at = "", body?: object): Promise<Any> {
    const where = `${this.github.url}/api/v3/repos/${this.repo.owner}/${this.repo.name}${at === "" ? "" : `/${at}`}`;
    const response = await fetch(where, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }
  /** Somebody who may push, in these teams. */
  async person(login: string, teams: readonly string[] = [], level: "push" | "admin" = "push"): Promise<string> {
    const { hub } = this.github;
    await this.github.addUser(login);
    const owner = hub.account(this.repo.owner);
    if (owner.type === "Organization") owner.members[login] = "member";
    for (const slug of teams) owner.teams[slug]!.members[login] = "member";
    this.repo.collaborators[login] = level;
    return this.github.addToken(login);
  }
  /** A clone from which people push. */
  async clone(): Promise<Clone> {
    const dir = mkdtempSync(path.join(this.#work, "clone-"));
    const clone = new Clone(dir, `${this.github.url}/${this.repo.owner}/${this.repo.name}.git`);
    await clone.git("clone", "--quiet", clone.address(this.token), dir);
    return clone;
  }
}

/** A project with the settings of another, and nothing but its rules. */
function rulesOf(own: string, dir: string): string {
  mkdirSync(dir);
  for (const file of ["Pulumi.yaml", ...stackFiles(own)]) cpSync(path.join(own, file), path.join(dir, file));
  symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  writeFileSync(path.join(dir, "package.json"), '{ "type": "module" }');
  writeFileSync(path.join(dir, "index.ts"), RULES);
  return dir;
}

export function succeeded(result: RunResult): RunResult {
  if (result.result !== "succeeded") throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

/** Steps that change something on GitHub, such as "create RepositoryEnvironment". */
export const onGithub = ({ steps }: RunResult): string[] =>
  steps
    .filter(({ op, urn }) => urn.includes("github:index/") && !/^(same|read|refresh)$/.test(op))
    .map(({ op, urn }) => `${op} ${urn.split("::")[2]!.split(":").at(-1)}`)
    .sort();

const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };

class Clone {
  readonly #dir: string;
  readonly #url: string;
  #serial = 0;
  constructor(dir: string, url: string) {
    this.#dir = dir;
    this.#url = url;
  }
  address(token: string): string {
    return this.#url.replace("://", `://x:${token}@`);
  }
  async git(...args: string[]) {
    return execa("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd: this.#dir,
      env,
      reject: false,
      all: true,
    });
  }
  /** A commit on top of `from`; its name. */
  async commit(from: string): Promise<string> {
    this.#serial += 1;
    await this.git("checkout", "--quiet", "--detach", from);
    await this.git("commit", "--quiet", "--allow-empty", "-m", `change ${this.#serial}`);
    return (await this.git("rev-parse", "HEAD")).stdout.trim();
  }
  /** "accepted", or the reasons that GitHub gave. */
  async push(token: string, ...args: string[]): Promise<string> {
    const { exitCode, all } = await this.git("push", "--quiet", this.address(token), ...args);
    if (exitCode === 0) return "accepted";
    const reasons = [...String(all).matchAll(/^remote: - (.*?)\s*$/gm)].map((match) => match[1]);
    return reasons.length > 0 ? reasons.join(" | ") : String(all);
  }
}
