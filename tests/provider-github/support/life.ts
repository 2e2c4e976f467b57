import { expect } from "vitest";
import type { Provider } from "../../../local/engine/provider.ts";
import { type PropertyMap, reveal } from "../../../local/engine/values.ts";
import { checkRequest, common, diffRequest, typeOf } from "./requests.ts";

/** One resource's life at the provider, as the engine leads it. */
export class Life {
  readonly #provider: Provider;
  readonly #kind: string;
  id = "";
  inputs: PropertyMap = {};
  outputs: PropertyMap = {};

  constructor(provider: Provider, kind: string) {
    this.#provider = provider;
    this.#kind = kind;
  }
  get #about() {
    return common(this.#kind);
  }
  get #rest() {
    return { timeoutSeconds: undefined, preview: false };
  }

  async #checked(news: PropertyMap): Promise<PropertyMap> {
    const { inputs, failures } = await this.#provider.check(checkRequest(this.#kind, news));
    expect(failures).toEqual([]);
    return inputs;
  }
  async create(news: PropertyMap): Promise<void> {
    this.inputs = await this.#checked(news);
    const made = await this.#provider.create({ ...this.#about, inputs: this.inputs, ...this.#rest });
    Object.assign(this, made);
  }
  /** What a create of the same says when it is there already. */
  async createAgain(): Promise<string> {
    const again = this.#provider.create({ ...this.#about, inputs: this.inputs, ...this.#rest });
    return again.then(
      () => "taken over",
      (error: Error) => error.message,
    );
  }
  /** Properties that differ from what is wanted, those marked that make it anew. */
  async diff(news: PropertyMap): Promise<string[]> {
    const request = { ...diffRequest(this.#kind, this.outputs, await this.#checked(news)), id: this.id, oldInputs: this.inputs };
    const { detailedDiff, replaces, changes } = await this.#provider.diff(request);
    expect(changes).toBe(Object.keys(detailedDiff).length > 0);
    return Object.keys(detailedDiff).map((key) => (replaces.includes(key) ? `${key} anew` : key));
  }
  async update(news: PropertyMap): Promise<void> {
    const newInputs = await this.#checked(news);
    const about = { ...this.#about, id: this.id, oldInputs: this.inputs, oldOutputs: this.outputs, newInputs, ignoreChanges: [] };
    const { outputs } = await this.#provider.update({ ...about, ...this.#rest });
    Object.assign(this, { outputs, inputs: newInputs });
  }
  /** Takes what GitHub has now into the state; false: it is gone. */
  async refresh(): Promise<boolean> {
    const found = await this.#provider.read({ ...this.#about, id: this.id, inputs: this.inputs, outputs: this.outputs });
    if (found !== undefined) Object.assign(this, { id: found.id, outputs: found.outputs });
    return found !== undefined;
  }
  /** From an id alone, into a state of its own. */
  async import(id: string): Promise<Life> {
    const found = await this.#provider.read({ ...this.#about, id });
    expect(found, `${typeOf(this.#kind)} ${id}`).toBeDefined();
    const life = new Life(this.#provider, this.#kind);
    return Object.assign(life, { id: found!.id, inputs: found!.inputs, outputs: found!.outputs });
  }
  async delete(): Promise<void> {
    await this.#provider.delete({ ...this.#about, id: this.id, inputs: this.inputs, outputs: this.outputs, timeoutSeconds: undefined });
  }
  /** Inputs as a program would write them. */
  get written(): PropertyMap {
    const { __defaults: _, ...rest } = reveal(this.inputs) as PropertyMap;
    return rest;
  }
}
