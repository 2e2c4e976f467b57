import { expect } from "vitest";
import type { RunKind } from "../../../local/engine/run/run.ts";
import type { ResourceState } from "../../../local/engine/state.ts";
import { FakeCloud } from "../../engine/support/fake-provider.ts";
import { type DeathAtWrite, Died, MemoryStack, type Program } from "./memory-stack.ts";
import { type Declared, isCustom, nameOfPlace, placesIn, programOf } from "./random-program.ts";
import { type Trouble, TroubledCloud } from "./troubled-cloud.ts";

/** A stack, its cloud, and what may be left in the cloud without state knowing of it. */
export class World {
  readonly cloud = new FakeCloud();
  readonly troubled = new TroubledCloud(this.cloud);
  readonly stack = new MemoryStack(this.troubled.factory);
  /** Ids that left the state under retainOnDelete. */
  readonly retained = new Set<string>();
  /** Ids that left the state because what holds them was to go. */
  readonly held = new Set<string>();

  /** Calls that came too early. */
  readonly outOfOrder: string[] = [];
  /** The program of this run has declared all it has to. */
  #declared = false;

  constructor() {
    this.troubled.before = (call, id, inputs) => {
      if (call === "create") {
        const missing = (inputs.needs as string[]).filter((need) => !this.cloud.entries.has(need));
        if (missing.length > 0) this.outOfOrder.push(`${id} is made before ${missing}`);
        return;
      }
      // What is deleted to be replaced goes before what uses it, unless that must be replaced too: while the program runs.
      if (!this.#declared) return;
      const users = [...this.cloud.entries.values()].filter(
        (entry) => (entry.inputs.needs as string[]).includes(id) && !this.retained.has(entry.id) && !this.held.has(entry.id),
      );
      if (users.length > 0) this.outOfOrder.push(`${id} goes before ${users.map((user) => user.id)}`);
    };
    this.stack.onWrite = (before, after) => {
      const ids = new Set(after.resources.map(({ id }) => id));
      for (const { id, retainOnDelete, deletedWith } of before.resources) {
        if (id === undefined || ids.has(id)) continue;
        if (retainOnDelete) this.retained.add(id);
        else if (deletedWith) this.held.add(id);
      }
    };
  }

  run(kind: RunKind, program: Declared, options: Parameters<MemoryStack["run"]>[2] = {}) {
    this.#declared = kind === "destroy";
    const declare: Program = async (engine) => {
      await programOf(program)(engine);
      this.#declared = true;
    };
    return this.stack.run(kind, declare, options);
  }

  get things(): ResourceState[] {
    return this.stack
      .load()
      .resources.filter(({ custom, type, pendingReplacement }) => custom && type.startsWith("test:") && !pendingReplacement);
  }

  unprotect(): void {
    this.stack.edit((state) => {
      state.protect = false;
    });
  }

  /** The cloud holds what state says, and besides only what was left there on purpose or is still marked as being worked on. */
  expectNothingForgotten(): void {
    expect(this.outOfOrder).toEqual([]);
    const { resources, pendingOperations } = this.stack.load();
    const known = new Set(resources.map(({ id }) => id));
    const creating = new Set(pendingOperations.filter(({ type }) => type === "creating").map(({ resource }) => resource.inputs.label));
    const orphans = [...this.cloud.entries.values()].filter(
      ({ id, inputs }) =>
        !known.has(id) &&
        !creating.has(id) &&
        !this.retained.has(id) &&
        !(this.held.has(id) && this.cloud.entries.has(String(inputs.holder))),
    );
    expect(orphans, "in the cloud, and state does not know it").toEqual([]);
    const deleting = new Set(pendingOperations.filter(({ type }) => type === "deleting").map(({ resource }) => resource.id));
    // What went with its holder is noticed by a refresh.
    const lost = this.things.filter(({ id, inputs }) => !this.cloud.entries.has(id!) && !deleting.has(id) && inputs.holder === undefined);
    expect(lost, "in state, and no longer in the cloud").toEqual([]);
  }

  /** Exactly what is declared is there, each thing once and as declared. */
  expectDeclared(program: Declared): void {
    const state = new Map(this.things.map((thing) => [thing.urn.split("::").at(-1)!, thing]));
    const wanted = [...program.entries()].flatMap(([place, slot]) => (slot === undefined || !isCustom(place) ? [] : [{ place, slot }]));
    expect([...state.keys()].sort()).toEqual(wanted.map(({ place, slot }) => nameOfPlace(place, slot)).sort());
    for (const { place, slot } of wanted) {
      const id = state.get(nameOfPlace(place, slot))!.id!;
      const needs = placesIn(slot.uses, place, program).map((i) => state.get(nameOfPlace(i, program[i]!))!.id);
      expect(this.cloud.entries.get(id)?.inputs).toMatchObject({ size: slot.size, needs });
    }
    expect(this.stack.load().pendingOperations).toEqual([]);
  }
}

/** What has to hold in the end, whatever happened before. */
async function converges(world: World, program: Declared): Promise<void> {
  world.troubled.begin();
  world.unprotect();
  const up = await world.run("update", program);
  expect(up.result, JSON.stringify(up.diagnostics)).toBe("succeeded");
  world.expectNothingForgotten();
  world.expectDeclared(program);

  const calls = world.cloud.calls.length;
  const text = world.stack.text;
  const again = await world.run("update", program);
  expect([again.result, Object.keys(again.changeSummary)]).toEqual(["succeeded", ["same"]]);
  const refresh = await world.run("refresh", program);
  expect([refresh.result, Object.keys(refresh.changeSummary)]).toEqual(["succeeded", ["same"]]);
  expect(world.cloud.calls.slice(calls)).toEqual([]);
  expect(world.stack.text).toBe(text);

  world.unprotect();
  expect((await world.run("destroy", program)).result).toBe("succeeded");
  expect(world.stack.load()).toEqual({ resources: [], pendingOperations: [] });
  expect(world.outOfOrder).toEqual([]);
  expect([...world.cloud.entries.keys()].filter((id) => !world.retained.has(id))).toEqual([]);
}

export interface Run {
  program: Declared;
  refresh?: boolean;
  destroy?: boolean;
  trouble?: { call: number; kind: Trouble } | undefined;
  atWrite?: DeathAtWrite | undefined;
}

/** Whatever these runs leave, the next one makes the world as declared. */
export async function holds(runs: readonly Run[], last: Declared): Promise<void> {
  const world = new World();
  for (const { program, refresh = false, destroy, trouble, atWrite } of runs) {
    const death = world.troubled.begin(trouble);
    try {
      await world.run(destroy ? "destroy" : "update", program, { refresh, death, ...(atWrite ? { atWrite } : {}) });
    } catch (error) {
      if (!(error instanceof Died) && !/protected/.test(String(error))) throw error;
    }
    world.expectNothingForgotten();
  }
  await converges(world, last);
}
