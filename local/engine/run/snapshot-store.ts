import type { PendingKind, ResourceState, Snapshot } from "../state.ts";
import { needs } from "../steps/dependencies.ts";
import { parseReference } from "../urn.ts";
import { ResourceList } from "./resource-list.ts";

/**
 * The state of a stack while it changes: what is done so far, then what has not been reached yet, in the old order. Every change is
 * written before it is acknowledged (the backend lets changes that come during a write share the next one).
 */
export class SnapshotStore {
  /** Resources as they were before the run; `delete` and `pendingReplacement` marks are set on them. */
  readonly #base: ResourceList;
  readonly #save: ((snapshot: Snapshot) => Promise<void> | undefined) | undefined;
  readonly #gone = new Set<ResourceState>();
  readonly #done = new ResourceList();
  readonly #pending = new Map<string, Snapshot["pendingOperations"][number]>();
  readonly #renamed = new Map<string, string>();
  #pruned = false;

  /** Without `save` nothing is written: a preview. */
  constructor(snapshot: Snapshot, save?: (snapshot: Snapshot) => Promise<void> | undefined) {
    this.#base = new ResourceList(snapshot.resources);
    this.#save = save;
    for (const operation of snapshot.pendingOperations) this.#pending.set(operation.resource.urn, operation);
  }

  get base(): readonly ResourceState[] {
    return this.#base.all;
  }
  /** Resources of a URN as they were before the run. */
  basedAs(urn: string): readonly ResourceState[] {
    return this.#base.named(urn);
  }
  /** Operations that are under way, or that an earlier run left. */
  get pending(): readonly Snapshot["pendingOperations"][number][] {
    return [...this.#pending.values()];
  }
  pendingOf(urn: string): Snapshot["pendingOperations"][number] | undefined {
    return this.#pending.get(urn);
  }
  isGone(state: ResourceState): boolean {
    return this.#gone.has(state);
  }
  /** Old resources that nothing has replaced or removed yet. */
  get remaining(): ResourceState[] {
    return this.#base.all.filter((state) => !this.#gone.has(state));
  }
  find(urn: string): ResourceState | undefined {
    const left = () => this.#base.named(urn).find((state) => !state.delete && !this.#gone.has(state));
    return this.#done.named(urn).find((state) => !state.delete) ?? left();
  }

  /** Records that something is about to be done to a resource. */
  begin(type: PendingKind, resource: ResourceState): Promise<void> {
    this.#pending.set(resource.urn, { type, resource });
    return this.write();
  }
  /** Takes back a `begin`: it is over, one way or another. */
  end(urn: string): void {
    this.#pending.delete(urn);
  }
  add(state: ResourceState): void {
    this.#done.add(state);
  }
  /** Everything stays as it is: what is added comes after it. */
  keepAll(): void {
    for (const state of this.remaining) this.replace(state, state);
  }
  /** `next` takes the place of `old`. */
  replace(old: ResourceState, next: ResourceState): void {
    if (old.urn !== next.urn) this.#renamed.set(old.urn, next.urn);
    if (this.#done.has(old)) this.#done.replace(old, next);
    else {
      this.#gone.add(old);
      this.add(next);
    }
  }
  remove(state: ResourceState): void {
    if (this.#done.has(state)) this.#done.remove(state);
    else this.#gone.add(state);
  }
  /** What a reading of the live system showed takes the place of what state said. */
  refresh(state: ResourceState, live: ResourceState | undefined): void {
    if (live !== undefined) this.#base.replace(state, live);
    else this.#base.remove(state);
  }
  /** Before anything else is done: whatever names a resource by its old URN names it by its new one. */
  rename(from: string, to: string): void {
    this.#renamed.set(from, to);
    for (const state of [...this.#base.all]) this.#base.replace(state, this.#withNewUrns(state));
  }
  /** A resource that the state did not know, found in the live system, becomes one of the old ones. */
  take(state: ResourceState): void {
    this.#base.add(state);
  }
  /** From now on references to resources that are gone are left out: what was deleted behind our back. */
  prune(): void {
    this.#pruned = true;
  }

  snapshot(): Snapshot {
    const rest = this.#renamed.size === 0 ? this.remaining : this.remaining.map((state) => this.#withNewUrns(state));
    const resources = [...this.#done.all, ...rest];
    return { resources: this.#pruned ? withoutDangling(resources) : resources, pendingOperations: this.pending.slice() };
  }

  /** Resolves when everything recorded before this call is on disk. */
  async write(): Promise<void> {
    await this.#save?.(this.#whenRead());
  }

  /** A snapshot that is taken when somebody looks at it: most are overtaken by a newer one before they are written. */
  #whenRead(): Snapshot {
    let taken: Snapshot | undefined;
    const take = () => {
      taken ??= this.snapshot();
      return taken;
    };
    return {
      get resources() {
        return take().resources;
      },
      get pendingOperations() {
        return take().pendingOperations;
      },
    };
  }

  #withNewUrns(state: ResourceState): ResourceState {
    const map = (urn: string) => this.#renamed.get(urn) ?? urn;
    // What waits for its deletion is renamed along: what needs it cannot tell the two apart.
    const urn = state.delete ? map(state.urn) : state.urn;
    if (urn === state.urn && ![...needs(state)].some((needed) => this.#renamed.has(needed))) return state;
    const copy = { ...state, urn };
    if (copy.parent) copy.parent = map(copy.parent);
    if (copy.deletedWith) copy.deletedWith = map(copy.deletedWith);
    if (copy.dependencies) copy.dependencies = copy.dependencies.map(map);
    if (copy.provider) {
      const { urn, id } = parseReference(copy.provider);
      copy.provider = `${map(urn)}::${id}`;
    }
    if (copy.propertyDependencies) {
      copy.propertyDependencies = Object.fromEntries(Object.entries(copy.propertyDependencies).map(([key, urns]) => [key, urns.map(map)]));
    }
    return copy;
  }
}

/** A URN that comes only later is that of an object which waits for its deletion, not of the one that is gone. */
function withoutDangling(resources: ResourceState[]): ResourceState[] {
  const before = new Set<string>();
  const keep = (urn: string) => before.has(urn);
  return resources.map((state) => {
    const sound = [...needs(state)].every(keep);
    before.add(state.urn);
    if (sound) return state;
    return {
      ...state,
      dependencies: state.dependencies?.filter(keep),
      propertyDependencies:
        state.propertyDependencies &&
        Object.fromEntries(Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.filter(keep)])),
      deletedWith: state.deletedWith !== undefined && keep(state.deletedWith) ? state.deletedWith : undefined,
    };
  });
}
