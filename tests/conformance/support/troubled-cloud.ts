import { isDeepStrictEqual } from "node:util";
import { type Provider, ProviderError, type ProviderFactory } from "../../../local/engine/provider.ts";
import { type PropertyMap, reveal } from "../../../local/engine/values.ts";
import { type FakeCloud, fakeFactory } from "../../engine/support/fake-provider.ts";
import { Died } from "./memory-stack.ts";

/**
 * What goes wrong in a call that changes the cloud: refused; done, but not ready; unanswered and not done, or done; the process dies
 * before or after the call took effect.
 */
export const troubles = ["refused", "unready", "lost", "unanswered", "death-before", "death-after"] as const;
export type Trouble = (typeof troubles)[number];

/** A fake cloud with trouble in the n-th (from 1) changing call of a run. */
export class TroubledCloud {
  readonly cloud: FakeCloud;
  readonly factory: ProviderFactory;
  /** Called before an object is made or deleted. */
  before: (call: "create" | "delete", id: string, inputs: PropertyMap) => void = () => {};
  #calls = 0;
  #trouble: { call: number; kind: Trouble } | undefined;
  #die: (error: unknown) => void = () => {};
  #run = 0;

  constructor(cloud: FakeCloud) {
    this.cloud = cloud;
    const inner = fakeFactory(cloud);
    this.factory = { ...inner, configure: async (inputs) => this.#wrap(await inner.configure(inputs), this.#run) };
  }

  /** Begins a run; the promise rejects when its process dies. */
  begin(trouble?: { call: number; kind: Trouble }): Promise<never> {
    this.#calls = 0;
    this.#run++;
    this.#trouble = trouble;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.#die = reject;
    return promise;
  }

  #wrap(provider: Provider, run: number): Provider {
    const { cloud } = this;
    const change = async <T extends object>(
      act: () => Promise<T>,
      partial?: (result: T) => { id: string; outputs: object },
    ): Promise<T> => {
      if (run !== this.#run) return new Promise(() => {}); // of a process that is dead
      const trouble = ++this.#calls === this.#trouble?.call ? this.#trouble.kind : undefined;
      if (trouble === "refused") throw new ProviderError("refused");
      if (trouble === "lost") throw new ProviderError("no answer", { outcomeUnknown: true });
      if (trouble === "death-before") return this.#dead();
      const result = await act();
      if (trouble === "death-after") return this.#dead();
      if (trouble === "unanswered") throw new ProviderError("no answer", { outcomeUnknown: true });
      if (trouble === "unready" && partial) throw new ProviderError("not ready", { partial: partial(result) as never });
      return result;
    };
    return {
      check: (request) => provider.check(request),
      diff: (request) => provider.diff(request),
      read: (request) => provider.read(request),
      create: (request) =>
        request.preview
          ? provider.create(request)
          : change(
              () => {
                this.before("create", String(reveal(request.inputs.label ?? null)), request.inputs);
                return provider.create(request);
              },
              (made) => made,
            ),
      update: (request) =>
        change(
          () => provider.update(request),
          ({ outputs }) => ({ id: request.id, outputs }),
        ),
      delete: async (request) => {
        await change(async () => {
          this.before("delete", request.id, request.inputs);
          await provider.delete(request);
          // What lives in another object goes with it, as in a namespace.
          for (const entry of cloud.entries.values()) if (entry.inputs.holder === request.id) cloud.entries.delete(entry.id);
          return {};
        });
      },
      find: async ({ inputs }) => {
        const entry = cloud.entries.get(String(reveal(inputs.label ?? null)));
        return entry && isDeepStrictEqual(entry.inputs, inputs) ? { id: entry.id, outputs: { ...inputs, serial: 0 } } : undefined;
      },
      close: () => provider.close(),
    };
  }

  #dead(): Promise<never> {
    this.#run++;
    this.#die(new Died());
    return new Promise(() => {});
  }
}
