import { randomUUID } from "node:crypto";
import { ProviderError } from "../provider.ts";
import type { PendingKind, ResourceState } from "../state.ts";
import { sameState } from "../steps/same.ts";
import type { Step } from "../steps/step.ts";
import { isProviderType } from "../urn.ts";
import { type PropertyMap, Secret } from "../values.ts";
import { unknownText } from "../wire/struct.ts";
import { common, providerOf, type RunContext } from "./context.ts";
import { HookFailure } from "./hooks.ts";
import { orInterrupted } from "./interrupted.ts";
import { isInternal } from "./reporter.ts";

/** A step that failed; what it reached is recorded. */
export class StepFailure extends Error {
  readonly step: Step;
  constructor(step: Step, message: string) {
    super(message);
    this.step = step;
  }
}

/** Does steps: tells the world, marks them as begun, calls the provider, records the outcome, in that order. */
export class Executor {
  readonly #context: RunContext;
  /** URNs that this run deletes: what is `deletedWith` one of them goes without a call. */
  readonly #doomed = new Set<string>();
  #done = 0;

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Says which steps are to come, because what is deleted with a resource is deleted before it. */
  announce(steps: readonly Step[]): void {
    for (const { op, urn } of steps) if (op === "delete" || op === "delete-replaced") this.#doomed.add(urn);
  }

  async run(step: Step): Promise<void> {
    const { reporter, signal } = this.#context;
    if (signal.aborted) throw new StepFailure(step, "cancelled before it started");
    reporter.before(step);
    try {
      await this.#apply(step);
    } catch (error) {
      if (error instanceof HookFailure && error.after) {
        // The step itself is done, and recorded.
        reporter.after(step);
        reporter.diagnostic("error", error.message, { urn: step.urn });
        throw new StepFailure(step, error.message);
      }
      const message = error instanceof Error ? error.message : String(error);
      const partial = error instanceof ProviderError && error.partial !== undefined;
      reporter.diagnostic("error", message, { urn: step.urn });
      reporter.failed(step, partial, this.#done);
      throw new StepFailure(step, message);
    }
    this.#done++;
    if (step.logical && step.op !== "read" && !isInternal(step)) reporter.count(step.op);
    // A component's outputs come later; its step ends with them.
    if (step.new === undefined || step.new.custom || step.op === "delete") reporter.after(step);
  }

  async #apply(step: Step): Promise<void> {
    switch (step.op) {
      case "same":
        return this.#same(step.old!, step.new!);
      case "create":
      case "create-replacement":
        return this.#create(step, step.new!);
      case "update":
        return this.#update(step, step.old!, step.new!);
      case "delete":
      case "delete-replaced":
      case "discard":
      case "discard-replaced":
        return this.#delete(step, step.old!);
      case "remove-pending-replace":
        this.#context.store.remove(step.old!);
        return this.#context.store.write();
      case "read":
        return this.#read(step, step.new!);
      case "import":
        return this.#import(step, step.new!);
      case "replace":
        return;
      default:
        throw new Error(`no such step here: ${step.op}`);
    }
  }

  async #same(old: ResourceState, next: ResourceState): Promise<void> {
    const { store, registry } = this.#context;
    next.id = old.id;
    next.outputs = old.outputs;
    if (isProviderType(next.type) && next.custom) {
      next.outputs = registry.outputs(next.inputs);
      registry.configure(`${next.urn}::${next.id}`, next.type, next.inputs);
    }
    store.replace(old, next);
    if (!sameState(old, next)) await store.write();
  }

  async #create(step: Step, next: ResourceState): Promise<void> {
    const { registry, preview, hooks } = this.#context;
    const started = new Date().toISOString();
    if (!next.custom) {
      await hooks.run("BeforeCreate", next, { newInputs: next.inputs });
      next.outputs = {};
    } else if (isProviderType(next.type)) {
      next.id = preview ? unknownText : randomUUID();
      next.outputs = registry.outputs(next.inputs);
      registry.configure(`${next.urn}::${next.id}`, next.type, next.inputs);
    } else {
      const provider = await providerOf(this.#context, next);
      const request = {
        ...common(this.#context, next),
        inputs: next.inputs,
        timeoutSeconds: next.customTimeouts?.create,
        preview,
      };
      await hooks.run("BeforeCreate", next, { newInputs: next.inputs });
      await this.#begin("creating", next);
      try {
        const created = await hooks.retrying(
          "create",
          next,
          { newInputs: next.inputs },
          () => this.#settled(provider.create(request)),
          (error) => this.#isFinal(error),
        );
        if (!preview) next.id = created.id;
        this.#takeOutputs(next, created.outputs);
      } catch (error) {
        if (!(error instanceof ProviderError) || error.partial === undefined) {
          await this.#failed(next.urn, error);
          throw error;
        }
        next.id = error.partial.id;
        if (error.partial.inputs !== undefined) next.inputs = error.partial.inputs;
        this.#takeOutputs(next, error.partial.outputs);
        next.initErrors = error.reasons;
        await this.#created(step, next, started);
        throw error;
      }
    }
    await this.#created(step, next, started);
    if (next.custom) await hooks.run("AfterCreate", next, { newInputs: next.inputs, newOutputs: next.outputs });
  }

  async #created(step: Step, next: ResourceState, now: string): Promise<void> {
    const { store } = this.#context;
    next.created = now;
    next.modified = new Date().toISOString();
    const { old } = step;
    if (step.op === "create-replacement" && old !== undefined && step.pendingDelete && !old.external) old.delete = true;
    store.end(next.urn);
    if (old === undefined || old.delete) store.add(next);
    else store.replace(old, next);
    await store.write();
  }

  async #update(step: Step, old: ResourceState, next: ResourceState): Promise<void> {
    const { store, registry, preview, hooks } = this.#context;
    next.id = old.id;
    next.outputs = old.outputs;
    const told = { newInputs: next.inputs, oldInputs: old.inputs, oldOutputs: old.outputs };
    await hooks.run("BeforeUpdate", next, told);
    if (next.custom && isProviderType(next.type)) {
      next.outputs = registry.outputs(next.inputs);
      registry.configure(`${next.urn}::${next.id}`, next.type, next.inputs, true);
    } else if (next.custom) {
      const provider = await providerOf(this.#context, next);
      await this.#begin("updating", next);
      try {
        const request = {
          ...common(this.#context, next),
          id: old.id ?? "",
          oldInputs: old.inputs,
          oldOutputs: old.outputs,
          newInputs: next.inputs,
          ignoreChanges: step.ignoreChanges ?? [],
          timeoutSeconds: next.customTimeouts?.update,
          preview,
        };
        const updated = await hooks.retrying(
          "update",
          next,
          told,
          () => this.#settled(provider.update(request)),
          (error) => this.#isFinal(error),
        );
        this.#takeOutputs(next, updated.outputs);
      } catch (error) {
        if (!(error instanceof ProviderError) || error.partial === undefined) {
          await this.#failed(next.urn, error);
          throw error;
        }
        // As Pulumi does: the update did not succeed, so its inputs are not yet the resource's. The init errors bring it up again.
        next.inputs = error.partial.inputs ?? old.inputs;
        this.#takeOutputs(next, error.partial.outputs);
        next.initErrors = error.reasons;
        next.modified = new Date().toISOString();
        store.end(next.urn);
        store.replace(old, next);
        await store.write();
        throw error;
      }
    }
    next.modified = new Date().toISOString();
    store.end(next.urn);
    store.replace(old, next);
    await store.write();
    if (next.custom) await hooks.run("AfterUpdate", next, { ...told, newOutputs: next.outputs });
  }

  async #delete(step: Step, old: ResourceState): Promise<void> {
    const { store, preview, hooks } = this.#context;
    const told = { oldInputs: old.inputs, oldOutputs: old.outputs };
    await hooks.run("BeforeDelete", old, told);
    const retained = old.retainOnDelete || old.external || (old.deletedWith !== undefined && this.#doomed.has(old.deletedWith));
    if (old.custom && !isProviderType(old.type) && !retained && !preview) {
      const provider = await providerOf(this.#context, old);
      await this.#begin("deleting", old);
      try {
        const request = {
          ...common(this.#context, old),
          id: old.id ?? "",
          inputs: old.inputs,
          outputs: old.outputs,
          timeoutSeconds: old.customTimeouts?.delete,
        };
        await hooks.retrying(
          "delete",
          old,
          told,
          () => this.#settled(provider.delete(request)),
          (error) => this.#isFinal(error),
        );
      } catch (error) {
        await this.#failed(old.urn, error);
        throw error;
      }
    }
    store.end(old.urn);
    if (step.pendingReplacement) old.pendingReplacement = true;
    else store.remove(old);
    await store.write();
    await hooks.run("AfterDelete", old, told);
  }

  async #read(step: Step, next: ResourceState): Promise<void> {
    const { store } = this.#context;
    const provider = await providerOf(this.#context, next);
    const read = await this.#settled(
      provider.read({ ...common(this.#context, next), id: next.id ?? "", inputs: next.inputs, outputs: step.old?.outputs }),
    );
    if (read === undefined) throw new ProviderError(`there is no ${next.type} "${next.id}" to read`);
    next.inputs = read.inputs;
    this.#takeOutputs(next, read.outputs);
    if (step.old === undefined) store.add(next);
    else store.replace(step.old, next);
    if (step.old === undefined || !sameState(step.old, next)) await store.write();
  }

  async #import(step: Step, next: ResourceState): Promise<void> {
    const { store } = this.#context;
    const provider = await providerOf(this.#context, next);
    const known = step.declaredOnly ? { inputs: next.inputs, declaredOnly: step.declaredOnly } : {};
    const read = await this.#settled(provider.read({ ...common(this.#context, next), id: next.importID ?? "", ...known }));
    if (read === undefined) throw new ProviderError(`there is no ${next.type} "${next.importID}" to import`);
    next.id = read.id;
    next.inputs = read.inputs;
    this.#takeOutputs(next, read.outputs);
    next.created = new Date().toISOString();
    next.modified = next.created;
    store.add(next);
    await store.write();
  }

  /** Trying again would not help, or would make a second object. */
  #isFinal(error: unknown): boolean {
    return this.#context.signal.aborted || (error instanceof ProviderError && error.partial !== undefined);
  }

  /** A call that failed for certain is over. One that was stopped or went unanswered may have taken effect: its mark stays, and the next run looks. */
  async #failed(urn: string, error: unknown): Promise<void> {
    const { store, signal } = this.#context;
    if (signal.aborted || (error instanceof ProviderError && error.outcomeUnknown)) return;
    store.end(urn);
    await store.write();
  }

  #begin(kind: PendingKind, state: ResourceState): Promise<void> {
    return this.#context.preview ? Promise.resolve() : this.#context.store.begin(kind, { ...state });
  }

  #takeOutputs(state: ResourceState, outputs: PropertyMap): void {
    state.outputs = { ...outputs };
    for (const key of state.additionalSecretOutputs ?? []) {
      const value = state.outputs[key];
      if (value !== undefined) state.outputs[key] = new Secret(value);
    }
    this.#context.reporter.scrubber.learn(state.outputs);
  }

  #settled<T>(call: Promise<T>): Promise<T> {
    return orInterrupted(call, this.#context.signal);
  }
}
