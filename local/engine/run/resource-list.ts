import type { ResourceState } from "../state.ts";

/** Resources in an order, found at once by themselves and by URN however many there are. */
export class ResourceList {
  #items: (ResourceState | undefined)[] = [];
  readonly #places = new Map<ResourceState, number>();
  readonly #named = new Map<string, ResourceState[]>();
  #holes = false;

  constructor(states: Iterable<ResourceState> = []) {
    for (const state of states) this.add(state);
  }

  get all(): readonly ResourceState[] {
    if (this.#holes) {
      this.#items = this.#items.filter((state) => state !== undefined);
      for (const [place, state] of this.#items.entries()) this.#places.set(state!, place);
      this.#holes = false;
    }
    return this.#items as ResourceState[];
  }
  has(state: ResourceState): boolean {
    return this.#places.has(state);
  }
  /** Those of a URN: what waits for its deletion has the URN of what replaced it. */
  named(urn: string): readonly ResourceState[] {
    return this.#named.get(urn) ?? [];
  }

  add(state: ResourceState): void {
    this.#places.set(state, this.#items.push(state) - 1);
    this.#name(state);
  }
  /** `next` takes the place of `old`. */
  replace(old: ResourceState, next: ResourceState): void {
    const place = this.#places.get(old);
    if (place === undefined || old === next) return;
    this.#items[place] = next;
    this.#places.set(next, place);
    if (old.urn !== next.urn) {
      this.#forget(old);
      this.#name(next);
      return;
    }
    this.#places.delete(old);
    this.#named.set(
      old.urn,
      this.named(old.urn).map((state) => (state === old ? next : state)),
    );
  }
  remove(state: ResourceState): void {
    const place = this.#places.get(state);
    if (place === undefined) return;
    this.#forget(state);
    this.#items[place] = undefined;
    this.#holes = true;
  }

  #name(state: ResourceState): void {
    const namesakes = this.#named.get(state.urn);
    if (namesakes === undefined) this.#named.set(state.urn, [state]);
    else namesakes.push(state);
  }
  #forget(state: ResourceState): void {
    this.#places.delete(state);
    const others = this.named(state.urn).filter((other) => other !== state);
    if (others.length > 0) this.#named.set(state.urn, others);
    else this.#named.delete(state.urn);
  }
}
