import type { EngineEvent, ImportSpec, RunOptions } from "../../../ops/engine.ts";
import type { hostProgram } from "../host/hosted-program.ts";
import type { Project } from "../project.ts";
import type { ProviderFactory } from "../provider.ts";
import { ProviderRegistry } from "../providers/registry.ts";
import { stackReferenceFactory } from "../providers/stack-reference.ts";
import { randomSeed, type SeedSource } from "../seed.ts";
import type { Snapshot, StackBackend, StackConfig } from "../state.ts";
import { rootUrn } from "../urn.ts";
import { type PropertyMap, UNKNOWN } from "../values.ts";
import type { RunContext } from "./context.ts";
import { Hooks } from "./hooks.ts";
import { Reporter } from "./reporter.ts";
import { Scrubber } from "./scrubber.ts";
import { SnapshotStore } from "./snapshot-store.ts";

/** What one run stands on. */
export interface SessionOptions {
  project: Project;
  stack: string;
  config: StackConfig;
  providers: readonly ProviderFactory[];
  /** Without one nothing is saved, and other stacks' outputs are unknown. */
  backend?: StackBackend;
  snapshot: Snapshot;
  preview: boolean;
  run: RunOptions;
  /** What an import is to take over. */
  imports?: readonly ImportSpec[];
  /** Where automatic names come from; chance when not said. */
  seed?: SeedSource;
  /** What runs the program; a process of its own when not said. */
  host?: typeof hostProgram;
}

export interface Session extends SessionOptions {
  context: RunContext;
  reporter: Reporter;
  store: SnapshotStore;
}

export function openSession(options: SessionOptions): Session {
  const { project, stack, backend, snapshot, preview, run } = options;
  const scrubber = new Scrubber();
  scrubber.learnConfig(options.config);
  for (const state of snapshot.resources) {
    scrubber.learn(state.inputs);
    scrubber.learn(state.outputs);
  }
  const reporter = new Reporter(scrubber, run.onEvent as ((event: EngineEvent) => void) | undefined);
  const store = new SnapshotStore(snapshot, preview ? undefined : (next) => backend?.save(next));
  const references = stackReferenceFactory({
    project: project.name,
    own: { name: `organization/${project.name}/${stack}`, outputs: ownOutputs(snapshot, stack, project.name) },
    others: async (name) => (backend === undefined ? UNKNOWN : backend.outputsOf(name)),
  });
  const context: RunContext = {
    project: project.name,
    stack,
    preview,
    registry: new ProviderRegistry([...options.providers, references]),
    store,
    reporter,
    hooks: new Hooks(reporter, preview),
    seed: options.seed ?? randomSeed,
    signal: run.signal ?? new AbortController().signal,
    targets: run.targets === undefined || run.targets.length === 0 ? undefined : new Set(run.targets),
  };
  return { ...options, context, reporter, store };
}

export function ownOutputs(snapshot: Snapshot, stack: string, project: string): PropertyMap {
  return snapshot.resources.find((state) => state.urn === rootUrn(stack, project))?.outputs ?? {};
}
