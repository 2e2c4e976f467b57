import {
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type Provider,
  ProviderError,
  type ProviderFactory,
  type ReadRequest,
  type UpdateRequest,
} from "../../../local/engine/provider.ts";
import type { PropertyMap, Value } from "../../../local/engine/values.ts";
import { hasUnknown, isMap, reveal, Secret, UNKNOWN } from "../../../local/engine/values.ts";

/** One object of the fake cloud. */
export interface Entry {
  id: string;
  inputs: PropertyMap;
}

/**
 * A cloud in memory. A Thing's inputs: `size` (updates in place), `fixed` (replaces it), `label` (its name in the cloud: automatic
 * when not given, and then a replacement is created first), `token` (stays secret). Outputs: the inputs and `serial`.
 */
export class FakeCloud {
  readonly entries = new Map<string, Entry>();
  /** Every call in order, e.g. "create a", "update a". Previews are not calls. */
  readonly calls: string[] = [];
  /** What happens inside a call, by "create a" and the like: a test's barriers and failures. */
  readonly during = new Map<string, (signal: AbortSignal) => Promise<void> | void>();
  readonly timeouts = new Map<string, number | undefined>();
  readonly seenNews = new Map<string, PropertyMap>();
  #serial = 0;
  nextSerial(): number {
    return ++this.#serial;
  }
  async enter(call: string, signal: AbortSignal): Promise<void> {
    this.calls.push(call);
    await this.during.get(call)?.(signal);
  }
}

export function fakeFactory(cloud: FakeCloud): ProviderFactory {
  return {
    pkg: "test",
    version: "1.2.3",
    checkConfig: async (inputs) => ({ inputs, failures: [] }),
    diffConfig: async (olds, news) => compare(olds, news, ["region"], false),
    configure: async () => new FakeProvider(cloud),
  };
}

class FakeProvider implements Provider {
  readonly #cloud: FakeCloud;
  constructor(cloud: FakeCloud) {
    this.#cloud = cloud;
  }

  async check({ name, news, oldInputs, randomSeed }: CheckRequest) {
    this.#cloud.seenNews.set(name, news);
    const failures = news.size === -1 ? [{ property: "size", reason: "must not be negative" }] : [];
    if (news.label !== undefined) return { inputs: news, failures };
    const label = oldInputs?.auto === true ? oldInputs.label : `${name}-${Buffer.from(randomSeed).toString("hex").slice(0, 7)}`;
    return { inputs: { ...news, label: label ?? null, auto: true }, failures };
  }

  async diff({ oldInputs, newInputs }: DiffRequest) {
    return compare(oldInputs, newInputs, ["fixed", "label"], newInputs.auto !== true);
  }

  async create({ name, inputs, preview, signal, timeoutSeconds }: CreateRequest) {
    if (preview) return { id: "", outputs: { ...inputs, serial: UNKNOWN } };
    this.#cloud.timeouts.set(name, timeoutSeconds);
    const id = String(reveal(inputs.label ?? null));
    if (this.#cloud.entries.has(id)) throw new ProviderError(`${id} already exists`);
    await this.#cloud.enter(`create ${name}`, signal);
    this.#cloud.entries.set(id, { id, inputs });
    return { id, outputs: { ...inputs, serial: this.#cloud.nextSerial() } };
  }

  async read({ id, inputs, outputs }: ReadRequest) {
    const entry = this.#cloud.entries.get(id);
    if (entry === undefined) return undefined;
    return { id, inputs: inputs === undefined ? entry.inputs : pick(entry.inputs, inputs), outputs: { ...outputs, ...entry.inputs } };
  }

  async update({ id, name, newInputs, oldOutputs, preview, signal }: UpdateRequest) {
    const outputs = { ...newInputs, serial: oldOutputs.serial ?? null };
    if (preview) return { outputs };
    await this.#cloud.enter(`update ${name}`, signal);
    this.#cloud.entries.set(id, { id, inputs: newInputs });
    return { outputs };
  }

  async delete({ id, name, signal }: DeleteRequest) {
    await this.#cloud.enter(`delete ${name}`, signal);
    this.#cloud.entries.delete(id);
  }

  async invoke({ token, args }: { token: string; args: PropertyMap }) {
    if (token === "test:index:fail") throw new ProviderError("the cloud says no");
    return { ...args, asked: token };
  }

  async close() {}
}

/** Only keys that were declared: what drifts elsewhere is nobody's. */
const pick = (live: PropertyMap, declared: PropertyMap): PropertyMap =>
  Object.fromEntries(Object.keys(declared).flatMap((key) => (live[key] === undefined ? [] : [[key, live[key] as Value]])));

function compare(olds: PropertyMap, news: PropertyMap, replacing: string[], deleteBeforeReplace: boolean): DiffResult {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => !same(olds[key], news[key]));
  const replaces = keys.filter((key) => replacing.includes(key));
  const detailedDiff: DiffResult["detailedDiff"] = {};
  for (const key of keys) {
    const kind = olds[key] === undefined ? "add" : news[key] === undefined ? "delete" : "update";
    detailedDiff[key] = { kind: replaces.includes(key) ? (`${kind}-replace` as const) : kind, inputDiff: false };
  }
  return { changes: keys.length > 0, diffs: keys, detailedDiff, replaces, deleteBeforeReplace };
}

function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (hasUnknown(a) || hasUnknown(b)) return false;
  return JSON.stringify(sorted(reveal(a))) === JSON.stringify(sorted(reveal(b)));
}
const sorted = (v: Value): Value =>
  isMap(v)
    ? Object.fromEntries(
        Object.entries(v)
          .sort()
          .map(([k, x]) => [k, sorted(x)]),
      )
    : v instanceof Secret
      ? sorted(v.value)
      : v;
