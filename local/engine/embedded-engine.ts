import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Engine, HistoryEntry, ImportSpec, LockOwner, RunOptions, RunResult, StackSummary } from "../../ops/engine.ts";
import { called, NoStateError, UserError } from "../../ops/user-error.ts";
import { openBackend, passphraseCrypter, WrongPassphrase } from "./backend/index.ts";
import { stackLayout } from "./backend/layout.ts";
import { earlierConfig } from "./project/earlier-config.ts";
import { loadStackConfig, type Project, stackSalt, undecryptableKeys } from "./project.ts";
import type { ProviderFactory } from "./provider.ts";
import { type RunKind, runOn } from "./run/run.ts";
import { ownOutputs } from "./run/session.ts";
import { showValues } from "./run/shown.ts";
import type { StackBackend, StackConfig } from "./state.ts";
import { reveal } from "./values.ts";

export interface EmbeddedOptions {
  projectDir: string;
  stack: string;
  /** Folder that holds `.pulumi/`. */
  backendDir: string;
  passphrase: string;
  providers: ProviderFactory[];
  /** Full keys to values that go over the stack's own, e.g. generated secrets. */
  extraConfig?: StackConfig;
  /** How many steps run side by side; 16 when not said. */
  parallel?: number;
  /** Work also on state that the Pulumi CLI made, and leave it unmarked. */
  allowForeign?: boolean;
  /** Characters of state from which on changes go to a journal (see the backend). */
  journalFrom?: number;
}

const defaultParallel = 16;

/** One stack of one program, in this process: no Pulumi CLI. */
export class EmbeddedEngine implements Engine {
  readonly name = "embedded engine (local world)";
  readonly #options: EmbeddedOptions;
  readonly #project: Project;
  readonly #backend: StackBackend;

  constructor(options: EmbeddedOptions, project: Project, backend: StackBackend) {
    this.#options = options;
    this.#project = project;
    this.#backend = backend;
  }

  preview(run: RunOptions): Promise<RunResult> {
    return this.#run("update", run, { preview: true, create: true });
  }

  up(run: RunOptions): Promise<RunResult> {
    return this.#run("update", run, { preview: false, create: true });
  }

  refresh({ previewOnly = false, ...run }: RunOptions & { previewOnly?: boolean }): Promise<RunResult> {
    return this.#run("refresh", run, { preview: previewOnly, create: false });
  }

  destroy({ previewOnly = false, ...run }: RunOptions & { previewOnly?: boolean }): Promise<RunResult> {
    return this.#run("destroy", run, { preview: previewOnly, create: false });
  }

  import({ resources, ...run }: RunOptions & { resources: ImportSpec[] }): Promise<RunResult> {
    return this.#run("import", run, { preview: false, create: true }, resources);
  }

  locks(): Promise<LockOwner[]> {
    return this.#backend.lockOwners();
  }

  cancel(): Promise<LockOwner[]> {
    return this.#backend.cancel();
  }

  async outputs({ showSecrets = false }: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
    const snapshot = await this.#backend.load();
    if (snapshot === undefined) throw this.#unknown();
    const outputs = ownOutputs(snapshot, this.#options.stack, this.#project.name);
    return showValues(showSecrets ? (reveal(outputs) as typeof outputs) : outputs, (text) => text);
  }

  async history(): Promise<HistoryEntry[]> {
    const entries = await this.#backend.history();
    if (entries.length === 0 && !(await this.#backend.exists())) throw this.#unknown();
    return entries;
  }

  async export({ showSecrets = false }: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
    if (!(await this.#backend.exists())) throw this.#unknown();
    return showSecrets ? this.#backend.exportOpened() : this.#backend.export();
  }

  async stacks(): Promise<StackSummary[]> {
    const { backendDir, passphrase, allowForeign } = this.#options;
    const project = this.#project.name;
    const withSettings = new Set(this.#project.stacks());
    const names = [...new Set([...withSettings, ...stacksWithState(backendDir, project)])].sort();
    return Promise.all(
      names.map(async (name) => {
        const hasSettings = withSettings.has(name);
        const backend = await openBackend({ backendDir, passphrase, allowForeign, project, stack: name });
        if (!(await backend.exists())) return { name, hasSettings, hasState: false };
        const exported = (await backend.export()) as { deployment?: { resources?: unknown[] } };
        const [newest] = await backend.history();
        return {
          name,
          hasSettings,
          hasState: true,
          resourceCount: exported.deployment?.resources?.length ?? 0,
          ...(newest === undefined ? {} : { lastUpdate: newest.endTime ?? newest.startTime }),
        };
      }),
    );
  }

  async config(): Promise<Record<string, string>> {
    const config = await loadStackConfig(this.#project, this.#options.stack, undefined, this.#options.extraConfig);
    return Object.fromEntries(Object.entries(config).map(([key, { value, secret }]) => [key, secret ? "[secret]" : value]));
  }

  async #run(
    kind: RunKind,
    run: RunOptions,
    { preview, create }: { preview: boolean; create: boolean },
    imports?: readonly ImportSpec[],
  ): Promise<RunResult> {
    const backend = this.#backend;
    if (!create && !(await backend.exists())) throw this.#unknown();
    const current = await this.#loadConfig();
    const config = run.configuration === undefined ? current : earlierConfig(run.configuration, current, this.#options.stack);
    const lock = preview ? undefined : await backend.lock();
    try {
      const snapshot = (await backend.load()) ?? { resources: [], pendingOperations: [] };
      const { stack, providers, parallel = defaultParallel } = this.#options;
      return await runOn(kind, { project: this.#project, stack, config, providers, backend, snapshot, preview, run, imports }, parallel);
    } finally {
      await lock?.release();
    }
  }

  /** Values of `secure:` settings are opened only when nothing else stands in for them: deriving the key takes a while. */
  async #loadConfig(): Promise<StackConfig> {
    const { stack, extraConfig, passphrase } = this.#options;
    const config = await loadStackConfig(this.#project, stack, undefined, extraConfig);
    const closed = undecryptableKeys(config);
    const salt = stackSalt(this.#project, stack);
    if (closed.length === 0 || salt === undefined) return config;
    try {
      return await loadStackConfig(this.#project, stack, await passphraseCrypter(salt, passphrase), extraConfig);
    } catch (error) {
      if (!(error instanceof WrongPassphrase)) throw error;
      throw new UserError(
        `${this.#project.stackFile(stack)}: the passphrase does not open its secrets (${closed.join(", ")}). Use the one they were set with.`,
      );
    }
  }

  #unknown(): UserError {
    return new NoStateError(
      `Stack "${this.#options.stack}" of project ${this.#project.name} has no state here. Make it with \`${called()} up ${this.#options.stack} --local\`.`,
    );
  }
}

function stacksWithState(backendDir: string, project: string): string[] {
  const dir = path.dirname(stackLayout(backendDir, project, "any").checkpointFile);
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -".json".length)] : []));
}
