import type { ErrorHook, HookCall, HookType, ResourceHook } from "../registration.ts";
import type { ResourceState } from "../state.ts";
import type { Reporter } from "./reporter.ts";

/** As often a hook may ask for a failed call to be tried again (Pulumi: pkg/resource/deploy/step.go). */
const maxRetries = 100;

/** A hook that is to stop the run. After a step it does not undo it: what was done is recorded. */
export class HookFailure extends Error {
  readonly after: boolean;
  constructor(type: HookType, name: string, message: string) {
    super(`${type.startsWith("After") ? "after" : type.startsWith("Before") ? "before" : "error"} hook "${name}" failed: ${message}`);
    this.after = type.startsWith("After");
  }
}

/** The functions that a program has registered to run before, after and upon the failure of steps. */
export class Hooks {
  readonly #reporter: Reporter;
  readonly #preview: boolean;
  readonly #resource = new Map<string, ResourceHook>();
  readonly #error = new Map<string, ErrorHook>();

  constructor(reporter: Reporter, preview: boolean) {
    this.#reporter = reporter;
    this.#preview = preview;
  }

  register(hook: ResourceHook): void {
    this.#claim(hook.name);
    this.#resource.set(hook.name, hook);
  }
  registerError(hook: ErrorHook): void {
    this.#claim(hook.name);
    this.#error.set(hook.name, hook);
  }
  #claim(name: string): void {
    if (name === "") throw new Error("a resource hook needs a name");
    if (this.#resource.has(name) || this.#error.has(name)) throw new Error(`resource hook already registered for name "${name}"`);
  }

  /** Runs a resource's hooks of one type, one after the other. Throws `HookFailure`. */
  async run(type: Exclude<HookType, "OnError">, state: ResourceState, call: Omit<HookCall, "urn" | "id">): Promise<void> {
    for (const name of state.resourceHooks?.[type] ?? []) {
      const hook = this.#resource.get(name);
      if (hook === undefined) throw new HookFailure(type, name, "the program did not register it");
      if (this.#preview && !hook.onPreview) continue;
      try {
        await hook.run({ urn: state.urn, id: state.id, ...call });
      } catch (error) {
        const { message } = error as Error;
        if (!hook.ignoreErrors) throw new HookFailure(type, name, message);
        this.#reporter.diagnostic("warning", `${type} hook "${name}" failed: ${message}`, { urn: state.urn });
      }
    }
  }

  /** Makes a provider call, again as long as one of the resource's error hooks asks for it. `final`: a failure that no repetition mends. */
  async retrying<T>(
    operation: "create" | "update" | "delete",
    state: ResourceState,
    told: Omit<HookCall, "urn" | "id">,
    call: () => Promise<T>,
    final: (error: unknown) => boolean,
  ): Promise<T> {
    const errors: string[] = [];
    while (true) {
      try {
        return await call();
      } catch (error) {
        const hooks = state.resourceHooks?.OnError ?? [];
        if (this.#preview || hooks.length === 0 || final(error)) throw error;
        errors.unshift(error instanceof Error ? error.message : String(error));
        if (errors.length > maxRetries || !(await this.#asked(hooks, operation, state, told, errors))) throw error;
        const text = `retrying ${operation} because an error hook asks for it (${errors.length} of ${maxRetries})`;
        this.#reporter.diagnostic("warning", text, { urn: state.urn });
      }
    }
  }

  async #asked(
    names: string[],
    operation: "create" | "update" | "delete",
    state: ResourceState,
    told: Omit<HookCall, "urn" | "id">,
    errors: string[],
  ): Promise<boolean> {
    let again = false;
    for (const name of names) {
      const hook = this.#error.get(name);
      if (hook === undefined) throw new HookFailure("OnError", name, "the program did not register it");
      try {
        if (await hook.run({ urn: state.urn, id: state.id, ...told }, operation, [...errors])) again = true;
      } catch (error) {
        throw new HookFailure("OnError", name, (error as Error).message);
      }
    }
    return again;
  }
}
