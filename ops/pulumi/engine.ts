import type { automation } from "@pulumi/pulumi";
import type { Engine, EngineEvent, HistoryEntry, ImportSpec, LockOwner, RunOptions, RunResult, StackSummary } from "../engine.ts";
import { protectedIn } from "../report/protected.ts";
import { UserError } from "../user-error.ts";
import { type Backend, findBackend, refuseLocalStack, refuseLocalTags } from "./backend.ts";
import { type Cli, CliFailure } from "./cli.ts";
import { withEarlierConfig } from "./earlier-config.ts";
import { importFile } from "./import-file.ts";
import { importedSteps } from "./imported.ts";
import { lockOwners } from "./locks.ts";
import { explain, isLocked, NoSuchStack, reasonOf, scrubbed } from "./reasons.ts";
import { type Look, namespacesIn } from "./rollout-watch.ts";
import { watchedRun } from "./watched-run.ts";
import { openStack } from "./workspace.ts";

export interface PulumiOptions {
  readonly cli: Cli;
  readonly projectDir: string;
  readonly project: string;
  readonly stack: string;
  /** Stacks with a settings file. */
  readonly stacks: readonly string[];
  /** The stack's own settings file. */
  readonly stackFile: () => string;
  /** The configuration that the project's files give the stack, without asking the CLI; secrets are "[secret]". */
  readonly declared: () => Promise<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks the cluster that the stack runs on. Absent: rollouts are not watched. */
  readonly look?: Look | undefined;
}

type Handed = { onEvent: (event: EngineEvent) => void; signal: AbortSignal; configFile?: string };

/** How far back the ledger of the backend is read; the CLI's own default is 10. */
const HISTORY = "1000";

/** One stack, run by the Pulumi CLI through the Automation API. */
export class PulumiEngine implements Engine {
  readonly name: string;
  readonly #options: PulumiOptions;
  readonly #backend: Backend;
  #stack: Promise<automation.Stack> | undefined;
  #tags: Promise<string> | undefined;
  /** A run of ours was ended before its time: state may hold less than the cluster. */
  #unsettled = false;

  constructor(options: PulumiOptions) {
    this.#options = options;
    this.name = `Pulumi CLI ${options.cli.version}`;
    this.#backend = findBackend(options.projectDir, options.env);
  }

  preview(run: RunOptions): Promise<RunResult> {
    return this.#run(run, async (stack, { refresh, targets }, handed) => stack.preview({ ...COMMON, ...handed, refresh, target: targets }));
  }

  /**
   * After a run that did not get through, state is compared with the cluster first: a CLI that was interrupted leaves the previous inputs in
   * state, and would then find nothing to put back.
   */
  async up(run: RunOptions): Promise<RunResult> {
    const exported = await this.export();
    const refresh = run.refresh || (await this.#isUnsettled(exported));
    return this.#run(
      { ...run, refresh },
      async (stack, { targets, message }, handed) => stack.up({ ...COMMON, ...handed, refresh, target: targets, message }),
      exported,
    );
  }

  refresh({ previewOnly = false, ...run }: RunOptions & { previewOnly?: boolean }): Promise<RunResult> {
    return this.#run(run, async (stack, { targets, message }, handed) => {
      const options = { ...COMMON, ...handed, target: targets, message };
      return previewOnly ? stack.previewRefresh(options) : stack.refresh(options);
    });
  }

  async destroy({ previewOnly = false, ...run }: RunOptions & { previewOnly?: boolean }): Promise<RunResult> {
    const kept = protectedIn(await this.export());
    if (kept.length > 0) {
      throw new UserError(
        `Stack ${this.#options.stack} holds what is protected, so nothing of it is destroyed:\n${kept.map((k) => `  ${k}`).join("\n")}`,
      );
    }
    return this.#run(run, async (stack, { targets, message, refresh }, handed) => {
      const options = { ...COMMON, ...handed, refresh, target: targets, message };
      return previewOnly ? stack.previewDestroy(options) : stack.destroy(options);
    });
  }

  async import({ resources, message }: RunOptions & { resources: ImportSpec[] }): Promise<RunResult> {
    this.#refuseLocal();
    await this.#refuseLocalTags();
    const { resources: named, nameTable } = importFile(resources, await this.export(), this.#options.stack);
    const began = performance.now();
    const stack = await this.#open();
    // Whether they are protected is the program's to say.
    await this.#asked(stack.import({ ...(message ? { message } : {}), resources: named, nameTable, protect: false, generateCode: false }));
    const steps = importedSteps(await this.export(), resources);
    return {
      result: "succeeded",
      steps,
      changeSummary: { import: resources.filter(({ recorded }) => recorded === undefined).length },
      outputs: await this.outputs(),
      durationSeconds: (performance.now() - began) / 1000,
      diagnostics: [],
      timings: {},
    };
  }

  async locks(): Promise<LockOwner[]> {
    const { project, stack } = this.#options;
    const { dir } = this.#backend;
    this.#refuseLocal();
    return dir === undefined ? [UNKNOWN_OWNER] : lockOwners(dir, project, stack);
  }

  async cancel(): Promise<LockOwner[]> {
    const owners = await this.locks();
    await this.#ask(["cancel", "--yes", "--stack", this.#options.stack]);
    return owners;
  }

  async outputs({ showSecrets = false }: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
    const shown = showSecrets ? ["--show-secrets"] : [];
    return JSON.parse(await this.#ask(["stack", "output", "--json", ...shown, "--stack", this.#options.stack]));
  }

  async history(pageSize = HISTORY): Promise<HistoryEntry[]> {
    const args = ["stack", "history", "--json", "--full-dates", "--page-size", pageSize, "--stack", this.#options.stack];
    const entries = JSON.parse((await this.#ask(args)) || "[]") as (Omit<HistoryEntry, "kind"> & { kind: string })[];
    return entries.map((entry) => ({ ...entry, kind: entry.kind === "resource-import" ? "import" : entry.kind }) as HistoryEntry);
  }

  async export({ showSecrets = false }: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
    const shown = showSecrets ? ["--show-secrets"] : [];
    return JSON.parse(await this.#ask(["stack", "export", ...shown, "--stack", this.#options.stack]));
  }

  async stacks(): Promise<StackSummary[]> {
    const listed = JSON.parse(await this.#ask(["stack", "ls", "--json"])) as {
      name: string;
      lastUpdate?: string;
      resourceCount?: number;
    }[];
    const there = new Map(listed.map((stack) => [stack.name.split("/").at(-1)!, stack]));
    const names = [...new Set([...this.#options.stacks, ...there.keys()])].sort();
    return names.map((name) => {
      const { lastUpdate, resourceCount } = there.get(name) ?? {};
      const known = { ...(resourceCount === undefined ? {} : { resourceCount }), ...(lastUpdate ? { lastUpdate } : {}) };
      return { name, hasSettings: this.#options.stacks.includes(name), hasState: there.has(name), ...known };
    });
  }

  async config(): Promise<Record<string, string>> {
    type Values = Record<string, { value?: string; secret: boolean }>;
    const asked = this.#ask(["config", "--json", "--stack", this.#options.stack]).catch((error: unknown) => {
      if (error instanceof NoSuchStack) return undefined; // what its files say is true of a stack that is not there yet, too
      throw error;
    });
    const text = await asked;
    if (text === undefined) return this.#options.declared();
    return Object.fromEntries(
      Object.entries(JSON.parse(text) as Values).map(([key, { value, secret }]) => [key, secret ? "[secret]" : (value ?? "")]),
    );
  }

  /** Whose stack is it? The files of a folder tell every command; of another backend the CLI is asked once, before the first run. */
  async #refuseLocalTags(): Promise<void> {
    if (this.#backend.dir !== undefined) return;
    this.#tags ??= this.#ask(["stack", "tag", "ls", "--json", "--stack", this.#options.stack]).catch(() => "{}");
    refuseLocalTags(JSON.parse(await this.#tags), this.#options.stack, this.#backend);
  }

  async #isUnsettled({ deployment }: Record<string, unknown>): Promise<boolean> {
    const { pending_operations: pending } = (deployment ?? {}) as { pending_operations?: unknown[] };
    if (this.#unsettled || (pending?.length ?? 0) > 0) return true;
    const [last] = await this.history("1");
    return last !== undefined && last.result !== "succeeded";
  }

  async #run(
    run: RunOptions,
    command: (stack: automation.Stack, run: RunOptions, handed: Handed) => Promise<unknown>,
    exported?: Record<string, unknown>,
  ): Promise<RunResult> {
    const { configuration } = run;
    if (configuration === undefined) return this.#follow(run, command, exported);
    const { stack: name, project, stackFile } = this.#options;
    const current = await this.config();
    return withEarlierConfig(configuration, { name, project, file: stackFile(), current }, (configFile) =>
      this.#follow(run, (stack, options, handed) => command(stack, options, { ...handed, configFile }), exported),
    );
  }

  async #follow(
    run: RunOptions,
    command: (stack: automation.Stack, run: RunOptions, handed: Handed) => Promise<unknown>,
    exported?: Record<string, unknown>,
  ): Promise<RunResult> {
    const { env, look } = this.#options;
    this.#refuseLocal();
    await this.#refuseLocalTags();
    const stack = await this.#open();
    const at = exported === undefined || look === undefined ? undefined : { at: look, namespaces: namespacesIn(exported) };
    const { recorder, failure, result } = await watchedRun({
      options: run,
      look: at,
      scrub: (text) => scrubbed(text, env),
      run: (handed) => command(stack, run, handed),
    });
    this.#unsettled = failure !== undefined;
    if (failure !== undefined && result !== "cancelled" && (!recorder.began || isLocked(failure))) throw await this.#explained(failure);
    const ended = recorder.result(result);
    if (result === "failed" && !ended.diagnostics.some(({ severity }) => severity === "error")) {
      ended.diagnostics.push({ severity: "error", message: reasonOf(failure!, env) });
    }
    // A run that ended early told no outputs: those of before still stand.
    return Object.keys(ended.outputs).length > 0 ? ended : { ...ended, outputs: await this.outputs().catch(() => ({})) };
  }

  async #open(): Promise<automation.Stack> {
    const { cli, projectDir, stack } = this.#options;
    this.#stack ??= openStack(cli, projectDir, stack);
    return this.#stack;
  }

  /** One short command of the CLI, its standard output. */
  async #ask(args: string[]): Promise<string> {
    this.#refuseLocal();
    return (await this.#asked(this.#options.cli.run(args, this.#options.projectDir))).stdout;
  }

  async #asked<T>(answer: Promise<T>): Promise<T> {
    return answer.catch(async (error: unknown) => {
      throw await this.#explained(error);
    });
  }

  async #explained(error: unknown): Promise<unknown> {
    const { dir } = this.#backend;
    const { project, stack } = this.#options;
    const looks = error instanceof CliFailure && isLocked(error) && dir !== undefined;
    return explain(error, { ...this.#place(), ...(looks ? { owners: await lockOwners(dir, project, stack) } : {}) });
  }

  #refuseLocal(): void {
    refuseLocalStack(this.#backend, this.#options.project, this.#options.stack);
  }

  #place() {
    const { stack, projectDir, env } = this.#options;
    return { stack, projectDir, env, backend: this.#backend.words };
  }
}

const COMMON = { color: "never", showSecrets: false, suppressProgress: true } as const;

const UNKNOWN_OWNER: LockOwner = { pid: 0, username: "unknown", hostname: "unknown", timestamp: "unknown", alive: undefined };
