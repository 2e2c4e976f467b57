import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import { UserError } from "../../../ops/user-error.ts";
import type {
  ErrorHook,
  InvokeRequest,
  LogMessage,
  ProgramHandler,
  ReadRequest,
  Registered,
  Registration,
  ResourceHook,
} from "../registration.ts";
import type { ResourceState, StackConfig } from "../state.ts";
import { StepGenerator } from "../steps/generator.ts";
import { makeStep, type Step } from "../steps/step.ts";
import { isProviderType, packageOf, rootUrn } from "../urn.ts";
import type { PropertyMap } from "../values.ts";
import { common, providerOf, type RunContext } from "./context.ts";
import { DefaultProviders } from "./default-providers.ts";
import { deleteSteps, refuseProtected, runDeletes } from "./deletes.ts";
import { Executor, StepFailure } from "./executor.ts";
import { answerInvoke } from "./invokes.ts";
import { suspected } from "./settle-interrupted.ts";

export interface DeploymentOptions {
  context: RunContext;
  config: StackConfig;
  parallel: number;
  /** Settles when the old state is ready to be compared: at once, or after a refresh. */
  ready: Promise<void>;
}

/** Answers a running program: what it registers becomes steps, and steps become state. */
export class Deployment implements ProgramHandler {
  /** Resolves when something failed and nothing new is to be started. */
  readonly failed: Promise<void>;
  readonly #context: RunContext;
  readonly #generator: StepGenerator;
  readonly #executor: Executor;
  readonly #defaults: DefaultProviders;
  readonly #ready: Promise<void>;
  readonly #oneAtATime = pLimit(1);
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #running = new Set<Promise<unknown>>();
  readonly #components = new Map<string, { step: Step; state: ResourceState }>();
  /** Old resources that are deleted to be replaced -> the steps that do so. */
  readonly #deleting = new Map<ResourceState, Promise<Step>>();
  readonly #stop: () => void;
  #stopped = false;
  #stackOutputs: PropertyMap | undefined;

  constructor({ context, config, parallel, ready }: DeploymentOptions) {
    this.#context = context;
    this.#generator = new StepGenerator(context);
    this.#executor = new Executor(context);
    this.#limit = pLimit(parallel);
    this.#ready = ready;
    this.#defaults = new DefaultProviders(this.#generator, this.#executor, config);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.failed = promise;
    this.#stop = resolve;
    context.signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  /** URNs that the program declared, in its order. */
  get declared(): ReadonlySet<string> {
    return this.#generator.registered;
  }

  /** Nothing new is started from here on; the program waits for ever. */
  stop(): void {
    this.#stopped = true;
    this.#stop();
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  register(registration: Registration): Promise<Registered> {
    return this.#guard(async () => {
      const urn = this.#generator.urnOf(registration);
      if (registration.remote)
        throw new UserError(`${urn}: components of other languages (remote) are not supported by the embedded engine.`);
      this.#context.reporter.scrubber.learn(registration.inputs);
      const { steps, provider } = await this.#oneAtATime(async () => {
        this.#generator.claim(urn);
        const provider = await this.#providerOf(registration);
        const found = this.#generator.findOld(urn, registration);
        const old = found && suspected(this.#context, found);
        return { provider, steps: await this.#generator.generate(urn, registration, provider, old) };
      });
      let last = await this.#do(steps);
      if (last.op === "import") {
        const { importId: _, ...rest } = registration;
        const after = await this.#oneAtATime(() => this.#generator.generate(urn, rest, provider, last.new));
        if (after[0]?.op !== "same") last = await this.#do(after);
      }
      const state = last.new;
      if (state === undefined) throw new Error(`${urn}: nothing came of its steps`);
      if (!state.custom) this.#components.set(urn, { step: last, state });
      return { urn, id: state.id, outputs: state.outputs };
    });
  }

  read(request: ReadRequest): Promise<{ urn: string; outputs: PropertyMap }> {
    return this.#guard(async () => {
      const urn = this.#generator.urnOf(request);
      const step = await this.#oneAtATime(async () => {
        this.#generator.claim(urn);
        const provider = request.provider ?? (await this.#defaults.reference(packageOf(request.type), request.version));
        const old = this.#context.store.basedAs(urn).find((state) => state.external);
        return makeStep("read", old, readState(urn, request, provider));
      });
      await this.#do([step]);
      return { urn, outputs: step.new?.outputs ?? {} };
    });
  }

  async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    return this.#guard(async () => {
      this.#context.reporter.scrubber.learn(outputs);
      if (urn === rootUrn(this.#context.stack, this.#context.project)) this.#stackOutputs = outputs;
      else await this.#componentOutputs(urn, outputs);
    });
  }

  /** Errors go to the program, which may handle them. */
  async invoke(request: InvokeRequest) {
    if (this.#stopped) return new Promise<never>(() => {});
    const reference =
      request.provider ?? (await this.#oneAtATime(() => this.#defaults.reference(packageOf(request.token), request.version)));
    return answerInvoke(this.#context, request, reference);
  }

  /** Is there such an object? Nothing is recorded of it. */
  async exists({ id, type, inputs, provider, version }: Parameters<ProgramHandler["exists"]>[0]): Promise<boolean> {
    if (this.#stopped) return new Promise<never>(() => {});
    const reference = provider ?? (await this.#oneAtATime(() => this.#defaults.reference(packageOf(type), version)));
    const state = { urn: this.#generator.urnOf({ type, name: id }), type, provider: reference };
    const live = await (await providerOf(this.#context, { ...state, custom: true, inputs: {}, outputs: {} })).read({
      ...common(this.#context, state),
      id,
      inputs,
    });
    return live !== undefined;
  }

  registerHook(hook: ResourceHook): void {
    this.#context.hooks.register(hook);
  }
  registerErrorHook(hook: ErrorHook): void {
    this.#context.hooks.registerError(hook);
  }

  log({ severity, message, urn, ephemeral }: LogMessage): void {
    // The SDK's own debug lines repeat whole objects, secrets too.
    if (severity !== "debug") this.#context.reporter.diagnostic(severity, message, { urn, ephemeral });
  }

  /** After the program ended well: takes away what it no longer declares, then keeps the stack's outputs. */
  async finish(): Promise<void> {
    const { store, reporter } = this.#context;
    const steps = deleteSteps(this.#context);
    refuseProtected(steps);
    this.#executor.announce(steps);
    await runDeletes(steps, store.base, (step) => this.#limit(() => this.#executor.run(step)));
    await this.#componentOutputs(rootUrn(this.#context.stack, this.#context.project), this.#stackOutputs ?? {});
    for (const { type, resource } of store.pending) {
      reporter.diagnostic(
        "warning",
        `${resource.urn}: an earlier run was interrupted while ${type} it, and the program no longer declares it: the object may exist. Declare it again, or delete it by hand.`,
        { urn: resource.urn },
      );
    }
  }

  async #componentOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    const component = this.#components.get(urn);
    if (component === undefined) return;
    const { step, state } = component;
    this.#components.delete(urn);
    if (!isDeepStrictEqual(state.outputs, outputs)) {
      state.outputs = outputs;
      state.modified = new Date().toISOString();
      await this.#context.store.write();
    }
    this.#context.reporter.after(step);
    const told = { newInputs: state.inputs, newOutputs: outputs };
    if (step.op === "create") await this.#context.hooks.run("AfterCreate", state, told);
    if (step.op === "update") {
      await this.#context.hooks.run("AfterUpdate", state, { ...told, oldInputs: step.old?.inputs, oldOutputs: step.old?.outputs });
    }
  }

  async #providerOf(registration: Registration): Promise<string | undefined> {
    if (!registration.custom || isProviderType(registration.type)) return undefined;
    return registration.provider ?? this.#defaults.reference(packageOf(registration.type), registration.version);
  }

  async #do(steps: readonly Step[]): Promise<Step> {
    this.#executor.announce(steps);
    // What another resource's replacement deletes first must be gone before it is made anew.
    const before = steps.map(({ old }) => old && this.#deleting.get(old));
    const done = Promise.all(before).then(() => this.#inOrder(steps));
    for (const { old, pendingReplacement } of steps) if (old !== undefined && pendingReplacement) this.#deleting.set(old, done);
    return done;
  }

  #inOrder(steps: readonly Step[]): Promise<Step> {
    return this.#limit(async () => {
      for (const step of steps) {
        if (this.#stopped) throw new Stopped();
        await this.#executor.run(step);
      }
      const last = steps.findLast(({ op }) => op !== "replace") ?? steps[0];
      if (last === undefined) throw new Error("no steps");
      return last;
    });
  }

  /** A failure stops the deployment; its call is never answered, because the program has nothing useful left to do. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#stopped) return new Promise<never>(() => {});
    const task = this.#ready.then(() => {
      if (this.#stopped) throw new Stopped();
      return work();
    });
    this.#running.add(task);
    try {
      return await task;
    } catch (error) {
      if (!(error instanceof StepFailure || error instanceof Stopped)) {
        this.#context.reporter.diagnostic("error", error instanceof Error ? error.message : String(error));
      }
      this.stop();
    } finally {
      this.#running.delete(task);
    }
    return new Promise<never>(() => {});
  }
}

/** Ends work that was not begun when the deployment stopped. */
class Stopped extends Error {}

function readState(urn: string, request: ReadRequest, provider: string): ResourceState {
  return {
    urn,
    custom: true,
    type: request.type,
    id: request.id,
    inputs: request.inputs,
    outputs: {},
    parent: request.parent,
    external: true,
    dependencies: request.dependencies,
    provider,
    additionalSecretOutputs: request.additionalSecretOutputs,
    sourcePosition: request.sourcePosition,
    stackTrace: request.stackTrace,
  };
}
