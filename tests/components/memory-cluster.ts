import { type DiffResult, type Provider, ProviderError, type ProviderFactory } from "../../local/engine/provider.ts";
import { isMap, type PropertyMap, type Value } from "../../local/engine/values.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";

/**
 * A cluster in memory behind the real provider's own checks, names and replace rules: what is applied is there and ready at once. Keeps
 * the calls in order, and fails those that a test names.
 */
export class MemoryCluster {
  /** Such as "create Job migrate-1", "update Deployment api", by the object's own name. */
  readonly calls: string[] = [];
  /** Calls that fail, by their text. */
  readonly failing = new Set<string>();
  /** Objects whose last call failed. */
  readonly #unready = new Set<string>();
  #clock = Date.parse("2026-01-01T00:00:00Z");

  factory(): ProviderFactory {
    const offline = kubernetesFactory({ kind: "offline" });
    return { ...offline, configure: async (inputs) => this.#provider(await offline.configure(inputs)) };
  }

  #provider(offline: Provider): Provider {
    return {
      check: (request) => offline.check(request),
      diff: async (request) => {
        const diff = await offline.diff(request);
        return this.#unready.has(request.id) && isRerunnable(request.newInputs) ? replaced(diff) : diff;
      },
      create: async (request) => {
        if (request.preview) return offline.create(request);
        this.#clock += 60_000;
        const metadata: PropertyMap = { ...mapOf(request.inputs.metadata), creationTimestamp: new Date(this.#clock).toISOString() };
        const outputs = { ...request.inputs, metadata };
        const id = `${metadata.namespace ?? ""}/${metadata.name}`;
        this.#record("create", request.inputs, { id, outputs });
        return { id, outputs };
      },
      update: async (request) => {
        if (request.preview) return offline.update(request);
        const metadata = {
          ...mapOf(request.newInputs.metadata),
          creationTimestamp: mapOf(request.oldOutputs.metadata).creationTimestamp ?? "",
        };
        const outputs = { ...request.newInputs, metadata };
        this.#record("update", request.newInputs, { id: request.id, outputs });
        return { outputs };
      },
      read: async (request) => ({ id: request.id, inputs: request.inputs ?? {}, outputs: request.outputs ?? {} }),
      delete: async (request) => this.#record("delete", request.inputs),
      close: async () => {},
    };
  }

  #record(verb: string, inputs: PropertyMap, partial?: { id: string; outputs: PropertyMap }): void {
    const call = `${verb} ${inputs.kind} ${mapOf(inputs.metadata).name}`;
    this.calls.push(call);
    const failed = this.failing.has(call);
    if (partial !== undefined) this.#unready[failed ? "add" : "delete"](partial.id);
    if (failed) throw new ProviderError(`${call}: made to fail`, partial === undefined ? {} : { partial });
  }
}

/** The kubernetes provider looks at the live Job when it compares, and replaces one that failed if it is marked so. */
const isRerunnable = (inputs: PropertyMap): boolean =>
  inputs.kind === "Job" && mapOf(mapOf(inputs.metadata).annotations)["pulumi.com/replaceUnready"] === "true";
const replaced = (diff: DiffResult): DiffResult => ({
  ...diff,
  changes: true,
  replaces: [...diff.replaces, "status"],
  deleteBeforeReplace: true,
});

const mapOf = (value: Value | undefined): PropertyMap => (isMap(value) ? value : {});
