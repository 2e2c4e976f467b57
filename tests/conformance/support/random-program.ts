import fc from "fast-check";
import type { AliasSpec, Registration } from "../../../local/engine/registration.ts";
import { providerType, qualifiedType, rootUrn, stackType } from "../../../local/engine/urn.ts";
import type { PropertyMap } from "../../../local/engine/values.ts";
import type { Program } from "./memory-stack.ts";

/** One place of a program. What it is stays through all edits, what it says does not. */
export interface Slot {
  /** Which of its two names it bears; the other one is its alias. */
  renamed: boolean;
  size: number;
  fixed: number;
  deleteBeforeReplace: boolean;
  protect: boolean;
  retain: boolean;
  /** Earlier places whose outputs it uses, as bits. */
  uses: number;
  /** Earlier places that it merely comes after, as bits. */
  after: number;
  /** Its `fixed` comes from the first place that it uses: replaced along with it. */
  bound: boolean;
  /** A change of its size replaces it (replaceOnChanges). */
  strict: boolean;
  /** An input that the program changes, and whether the change counts (ignoreChanges). */
  noise: number;
  deaf: boolean;
  /** Another provider than the default one manages it. */
  elsewhere: boolean;
  /** Replaced whenever the first place that it uses is (replaceWith). */
  along: boolean;
  /** At the top and not under its component, or the other way round: its aliases name every place where it may have been. */
  moved: boolean;
}
/** A place that is empty declares nothing. */
export type Declared = readonly (Slot | undefined)[];

// Places 0 and 3 are components; 2 and 5 have names of their own in the cloud, so that a replacement must delete first; 1 may be
// retained; 4 lives in 2 and 7 in 6, when there are such. (A name that comes, goes and comes back while the replaced object still waits
// for its deletion is taken, here as with the Pulumi CLI.)
const components = new Set([0, 3]);
const named = new Set([2, 5]);
const retainable = new Set([1]);
const movable = new Set([6]);
const parents: Record<number, number> = { 1: 0, 2: 0, 3: 0, 5: 3, 6: 3 };
const holders: Record<number, number> = { 4: 2, 7: 6 };
// What an edit may put at the top, or back under its component (when that is declared).
const wandering = new Set([6]);
const places = 8;

const slot: fc.Arbitrary<Slot> = fc.record({
  renamed: fc.boolean(),
  size: fc.nat(2),
  fixed: fc.nat(1),
  deleteBeforeReplace: fc.boolean(),
  protect: fc.nat(7).map((n) => n === 0),
  retain: fc.boolean(),
  uses: fc.nat(255),
  after: fc.nat(255),
  bound: fc.boolean(),
  strict: fc.boolean(),
  noise: fc.nat(2),
  deaf: fc.boolean(),
  elsewhere: fc.boolean(),
  along: fc.boolean(),
  moved: fc.boolean(),
});
export const declared: fc.Arbitrary<Declared> = fc.array(fc.option(slot, { nil: undefined, freq: 5 }), {
  minLength: places,
  maxLength: places,
});

export const isCustom = (place: number): boolean => !components.has(place);
export const nameOfPlace = (place: number, { renamed }: Slot): string => `s${place}${renamed ? "x" : ""}`;

/** Places of `bits` that come before this one, are declared, and are no components. */
export const placesIn = (bits: number, before: number, program: Declared): number[] =>
  [...program.keys()].filter((i) => i < before && (bits >> i) % 2 === 1 && isCustom(i) && program[i] !== undefined);

/** Declares it as Pulumi's SDK would: each resource as soon as what it needs is there. */
export function programOf(program: Declared): Program {
  return async (engine) => {
    const root = rootUrn("dev", "p");
    await engine.register({ ...blank, type: stackType, name: "p-dev", custom: false });
    const provider = await engine.register({ ...blank, type: providerType("test"), name: "other", custom: true, parent: root });
    const made = new Map<number, ReturnType<typeof engine.register>>();
    for (const [place, slot] of program.entries()) {
      if (slot !== undefined) made.set(place, declare(place, slot));
    }
    const all = await Promise.all([...made].map(async ([place, promise]) => [place, await promise] as const));
    for (const [place, { urn }] of all) if (!isCustom(place)) await engine.registerOutputs(urn, { size: program[place]!.size });
    await engine.registerOutputs(root, { count: all.length });

    async function declare(place: number, slot: Slot) {
      const find = async (other: number | undefined) => (other === undefined ? undefined : await made.get(other));
      const used = await Promise.all(placesIn(slot.uses, place, program).map(async (i) => (await find(i))!));
      const after = await Promise.all(placesIn(slot.after, place, program).map(async (i) => (await find(i))!));
      const wanders = wandering.has(place);
      const component = await find(parents[place]);
      const parent = wanders && slot.moved ? undefined : component;
      const holder = await find(holders[place]);
      const labels = used.map(({ outputs }) => outputs.label ?? null);
      const former = nameOfPlace(place, { ...slot, renamed: !slot.renamed });
      const aliases: AliasSpec[] = [{ name: former }];
      if (wanders && component !== undefined) {
        const elsewhere = slot.moved ? { parent: component.urn } : { noParent: true };
        aliases.push(elsewhere, { ...elsewhere, name: former });
      }
      const common = { ...blank, name: nameOfPlace(place, slot), parent: parent?.urn ?? root, aliases };
      if (!isCustom(place)) return engine.register({ ...common, type: "test:index:Group", custom: false });
      const bound = slot.bound && labels.length > 0;
      const inputs: PropertyMap = { size: slot.size, noise: slot.noise, fixed: bound ? labels[0]! : slot.fixed, needs: labels };
      if (named.has(place)) inputs.label = `L${place}-${parent === undefined ? 0 : qualifiedType(parent.urn).length}`; // another one elsewhere
      if (holder !== undefined) inputs.holder = holder.outputs.label ?? null;
      const urns = used.map(({ urn }) => urn);
      const propertyDependencies: Record<string, string[]> = { size: [], needs: urns, fixed: bound ? [urns[0]!] : [] };
      if (holder !== undefined) propertyDependencies.holder = [holder.urn];
      return engine.register({
        ...common,
        type: "test:index:Thing",
        custom: true,
        inputs,
        version: "1.2.3",
        dependencies: [...new Set([...urns, ...after.map(({ urn }) => urn), ...(holder ? [holder.urn] : [])])],
        propertyDependencies,
        protect: slot.protect,
        retainOnDelete: slot.retain && retainable.has(place),
        ...(slot.deleteBeforeReplace ? { deleteBeforeReplace: true } : {}),
        ...(holder ? { deletedWith: holder.urn } : {}),
        ...(slot.strict ? { replaceOnChanges: ["size"] } : {}),
        ...(slot.deaf ? { ignoreChanges: ["noise"] } : {}),
        // What has a name of its own cannot be made before the former one is gone: neither here nor with the Pulumi CLI.
        ...(slot.elsewhere && movable.has(place) ? { provider: `${provider.urn}::${provider.id}` } : {}),
        ...(slot.along && !named.has(place) && urns.length > 0 ? { replaceWith: [urns[0]!] } : {}),
      });
    }
  };
}

const blank: Omit<Registration, "type" | "name" | "custom"> = {
  remote: false,
  inputs: {},
  providers: {},
  dependencies: [],
  propertyDependencies: {},
  ignoreChanges: [],
  replaceOnChanges: [],
  additionalSecretOutputs: [],
  aliases: [],
};
