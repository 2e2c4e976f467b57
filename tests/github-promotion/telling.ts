import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import picocolors from "picocolors";
import { stringify } from "yaml";
import { releaseId } from "../../components/release.ts";
import type { Context, GlobalOptions } from "../../ops/context.ts";
import type { Engine, HistoryEntry } from "../../ops/engine.ts";
import type { GithubConnection } from "../../ops/github/connection.ts";
import { Publications } from "../../ops/github/publish/publications.ts";
import type { Happening } from "../../ops/ledger/event.ts";
import { main } from "../../ops/main.ts";
import { readValue } from "../../ops/promotion/stack-file.ts";
import type { ProjectSummary, Selector } from "../../ops/selector.ts";
import type { Io } from "../../ops/terminal/io.ts";
import { Kept } from "../ledger/kept.ts";
import { by, clock, github, projectDir, put, release, repo, tokens, yaml } from "./town.ts";

/** Runs of a team on the town's GitHub: what they record, and what GitHub hears of it. */
export type Version = ReturnType<typeof release>;

/** A release whose commit the repository has. */
export async function made(version: string): Promise<Version> {
  await put("olga", `src/${version}.txt`, version);
  return { ...release(version), commit: (await by("olga", "GET", "{repo}/git/ref/heads/main")).object.sha };
}
/** Versions that no repository holds: its commit was squashed away. */
export const unmade = release;
export const referenceOf = (of: Version) => ({ id: releaseId(of), ...of });

export const deployed = (
  stack: string,
  of: Version,
  result: "succeeded" | "failed" | "restored" | "cancelled" = "succeeded",
  cause?: string,
): Happening => ({
  ...{ kind: "deployment", stack, release: referenceOf(of), result, engine: "test" },
  startedAt: new Date(clock.now - 95_000).toISOString(),
  endedAt: new Date(clock.now).toISOString(),
  ...(cause === undefined ? {} : { cause }),
});
export const rolledBack = (stack: string, from: Version, to: Version, automatic = true, cause = "pods crash"): Happening[] => [
  { kind: "rollback", stack, from: referenceOf(from), to: referenceOf(to), automatic, cause, class: "safe", secondsToRestore: 4 },
  { kind: "hold", stack, releaseId: releaseId(from), reason: cause, automatic },
];

/** By the town's clock, a second later each time. */
const ticked = (): Date => {
  clock.now += 1_000;
  return new Date(clock.now);
};

export const PLANTED = "ghp_planted-and-never-to-be-seen-4713";

interface Options {
  /** Settings beside the usual ones. */
  readonly publish?: object;
  readonly gates?: object;
  readonly promotion?: object;
}

/** A project's checkout, its ledger, and one GitHub. Each has an outbox of its own. */
export class Team {
  readonly ledger = new Kept({ name: "Robot", login: "robot" }, ticked);
  readonly project: ProjectSummary;
  readonly outbox: string;
  readonly live = new Map<string, { release: Version; at: string; configuration?: HistoryEntry["config"] }>();
  readonly said: string[] = [];
  env: Record<string, string> = {};
  options: GlobalOptions = {};
  /** What an engine does, where a test lets one do something. */
  engine: Partial<Engine> = {};
  connection: GithubConnection | undefined;

  constructor(name: string, { publish, gates, promotion }: Options = {}) {
    const dir = path.join(projectDir, "..", name);
    mkdirSync(dir, { recursive: true });
    this.outbox = path.join(dir, ".liftlock", "outbox.json");
    this.project = { name: "ferry", dir, stacks: ["staging", "production"], platforms: [] };
    this.connection = { baseUrl: github.url, token: tokens.robot, isLocal: false };
    const repository = { owner: "acme", name: "ferry", plan: "free", visibility: "public", ...(publish === undefined ? {} : { publish }) };
    const application = {
      ...{
        name: "ferry",
        repository,
        promotion: { path: ["staging", "production"], ...promotion, ...(gates === undefined ? {} : { gates }) },
      },
      services: [{ name: "web", kind: "web", image: "registry.example.com/web", port: 8080, route: { path: "/" } }],
    };
    writeFileSync(
      path.join(dir, "Pulumi.yaml"),
      stringify({ name: "ferry", runtime: "nodejs", config: { application: { value: application } } }),
    );
    for (const stack of this.project.stacks) this.declare(stack, release("0.9.0"));
  }

  declare(stack: string, of: Version): void {
    const text = yaml(of).replace("replicas: 2", `host: ${stack}.ferry.example.com\n    replicas: 2`);
    writeFileSync(path.join(this.project.dir, `Pulumi.${stack}.yaml`), text);
  }
  /** It went live, as state and history know it. */
  runs(stack: string, of: Version): void {
    this.declare(stack, of);
    this.live.set(stack, { release: of, at: new Date(clock.now - 3_600_000).toISOString(), configuration: this.config(stack) });
  }
  config(stack: string): HistoryEntry["config"] {
    const read = (file: string, key: string) =>
      readValue({ file, text: readFileSync(path.join(this.project.dir, file), "utf8") }, "ferry", key);
    const application = (read("Pulumi.yaml", "application") as { value: unknown }).value;
    const values = {
      application,
      ...Object.fromEntries(["environment", "release"].map((key) => [key, read(`Pulumi.${stack}.yaml`, key)])),
    };
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`ferry:${key}`, { value: JSON.stringify(value), objectValue: value, secret: false }]),
    );
  }
  #engine(stack: string) {
    const live = this.live.get(stack);
    const at = live?.at ?? "";
    const entry = { version: 1, kind: "update", result: "succeeded", startTime: at, endTime: at, config: live?.configuration ?? {} };
    const outputs = live && {
      release: { id: releaseId(live.release), ...live.release },
      qualified: [{ id: releaseId(live.release), liveSince: at }],
    };
    return {
      config: async () => Object.fromEntries(Object.entries(this.config(stack)).map(([key, { value }]) => [key, value])),
      outputs: async () => outputs ?? {},
      history: async () => (live === undefined ? [] : [entry]),
      export: async () => ({}),
      ...this.engine,
    };
  }

  get selector(): Selector {
    return {
      project: async () => this.project,
      select: async ({ stack }: { stack: string }) => ({ engine: this.#engine(stack), target: "nothing" }),
      ledger: async () => this.ledger,
      github: async () => this.connection,
      outboxFile: () => this.outbox,
      pinFile: (dir: string, stack: string) => path.join(dir, ".liftlock", `${stack}.json`),
    } as unknown as Selector;
  }
  get #io(): Io {
    const say = (line: string) => void this.said.push(line);
    return {
      ...{ cwd: this.project.dir, env: this.env, colors: picocolors.createColors(false), interactive: false, screen: undefined },
      ...{
        out: say,
        err: say,
        ask: async () => "",
        onInterrupt: () => () => {},
        kill: () => {
          throw new Error("ended");
        },
        now: () => new Date(clock.now),
      },
    };
  }

  context(selector = this.selector): Context {
    const io = this.#io;
    return { io, options: this.options, command: "liftlock", selector, signal: AbortSignal.timeout(60_000), say: io.out };
  }

  /** One run that records these, one append each, and what it says at its end. */
  async run(...appends: readonly (Happening | readonly Happening[])[]): Promise<string[]> {
    const publications = new Publications();
    const selector = publications.listen(this.selector);
    const context = this.context(selector);
    const ledger = await selector.ledger(this.project.dir);
    for (const one of appends) await ledger.append(...(Array.isArray(one) ? one : [one as Happening]));
    return this.#heard(() => publications.settled(context));
  }
  /** A run that has begun to deploy. `end` records how it ended, and says what the run says then; one that is killed never comes to that. */
  begin(stack: string, of: Version) {
    const publications = new Publications();
    const context = this.context(publications.listen(this.selector));
    clock.now += 1_000;
    const startedAt = new Date(clock.now).toISOString();
    publications.begins(context, { stack, release: of, startedAt });
    const entry = (...how: [result?: "succeeded" | "failed" | "cancelled", cause?: string]): Happening =>
      ({ ...deployed(stack, of, ...how), startedAt }) as Happening;
    const end = (...what: Happening[]) =>
      this.#heard(async () => {
        if (what.length > 0) await (await context.selector.ledger(this.project.dir)).append(...what);
        await publications.settled(context);
      });
    return { entry, end };
  }
  /** A whole command line. */
  async command(line: string): Promise<{ exitCode: number; said: string[] }> {
    let exitCode = -1;
    const said = await this.#heard(async () => {
      exitCode = await main(line.split(" "), this.#io, async () => this.selector);
    });
    return { exitCode, said };
  }
  async #heard(action: () => Promise<unknown>): Promise<string[]> {
    const before = this.said.length;
    await action();
    return this.said.slice(before);
  }
}

/** What GitHub shows of a stack, oldest first: version, and the states that it went through. */
export const shown = (stack: string) =>
  repo.deployments
    .filter(({ environment }) => environment === stack)
    .map(({ sha, statuses }) => [sha, ...statuses.map(({ state }) => state)]);
export const statusesOn = (sha: string) =>
  Object.fromEntries(
    repo.statuses.filter((one) => one.sha === sha).map(({ context, state, description }) => [context, `${state}: ${description}`]),
  );
