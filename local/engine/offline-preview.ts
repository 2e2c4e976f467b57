import type { RunOptions, RunResult } from "../../ops/engine.ts";
import { UserError } from "../../ops/user-error.ts";
import { hostProgram } from "./host/hosted-program.ts";
import { loadProject, loadStackConfig } from "./project.ts";
import type { ProviderFactory } from "./provider.ts";
import { runOn } from "./run/run.ts";
import { openSession, type SessionOptions } from "./run/session.ts";
import { update } from "./run/update.ts";
import { contentSeed } from "./seed.ts";
import type { Snapshot, StackConfig } from "./state.ts";
import { isMap, type PropertyMap, Secret, Unknown, type Value } from "./values.ts";

export interface OfflineOptions {
  projectDir: string;
  stack: string;
  /** Offline ones. */
  providers: ProviderFactory[];
  extraConfig?: StackConfig;
  /** What the program's process inherits. */
  env: NodeJS.ProcessEnv;
}

const PARALLEL = 16;

/**
 * What a stack would hold once its program had been brought up, for a preview to start from. No state, passphrase, cluster or network is
 * asked; values of `secure:` configuration are "[secret]". Throws a UserError with everything the program reported when it fails.
 */
export async function declaredSnapshot(options: OfflineOptions, run: RunOptions): Promise<Snapshot> {
  const session = openSession(await sessionOf(options, { resources: [], pendingOperations: [] }, run));
  const { reporter, context, store } = session;
  try {
    const declared = await update(session, PARALLEL);
    const errors = reporter.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    if (declared === undefined || errors.length > 0)
      throw new UserError(errors.join("\n") || `the program of stack "${options.stack}" failed`);
    return store.snapshot();
  } finally {
    await context.registry.close();
  }
}

/** Previews a program against what a snapshot holds (nothing, when there is none), by the engine's and the providers' own rules. */
export async function previewFrom(options: OfflineOptions, snapshot: Snapshot | undefined, run: RunOptions): Promise<RunResult> {
  return runOn("update", await sessionOf(options, snapshot ?? { resources: [], pendingOperations: [] }, run), PARALLEL);
}

async function sessionOf(
  { projectDir, stack, providers, extraConfig, env }: OfflineOptions,
  snapshot: Snapshot,
  run: RunOptions,
): Promise<SessionOptions> {
  const project = await loadProject(projectDir);
  const config = await loadStackConfig(project, stack, undefined, extraConfig);
  return {
    project,
    stack,
    config,
    providers: providers.map(withoutSurprise),
    snapshot,
    preview: true,
    run,
    seed: contentSeed,
    host: (options) => hostProgram({ ...options, env }),
  };
}

/** Nothing was deployed: what was not known on one side is not known on the other either, and that is no change. */
function withoutSurprise(factory: ProviderFactory): ProviderFactory {
  return {
    pkg: factory.pkg,
    version: factory.version,
    checkConfig: (inputs) => factory.checkConfig(inputs),
    diffConfig: (...sides) => factory.diffConfig(...sides),
    async configure(inputs) {
      const provider = await factory.configure(inputs);
      return {
        check: (request) => provider.check(request),
        diff: (request) =>
          provider.diff({
            ...request,
            oldInputs: settled(request.oldInputs),
            oldOutputs: settled(request.oldOutputs),
            newInputs: settled(request.newInputs),
          }),
        create: (request) => provider.create(request),
        read: (request) => provider.read(request),
        update: (request) => provider.update(request),
        delete: (request) => provider.delete(request),
        ...(provider.invoke === undefined ? {} : { invoke: (request) => provider.invoke!(request) }),
        close: () => provider.close(),
      };
    },
  };
}

const settled = (inputs: PropertyMap): PropertyMap =>
  Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, settle(value)]));

function settle(value: Value): Value {
  if (value instanceof Unknown) return "[known once it is there]";
  if (value instanceof Secret) return new Secret(settle(value.value));
  if (Array.isArray(value)) return value.map(settle);
  return isMap(value) ? settled(value) : value;
}
