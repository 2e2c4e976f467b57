import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isMap, type PropertyMap, reveal, type Value } from "../../local/engine/values.ts";
import { check } from "../../local/providers/azure-native/check.ts";
import { CLASSES, pathInputs } from "../../local/providers/azure-native/schema/classes.ts";
import { sdk } from "../../local/providers/azure-native/schema/sdk.ts";
import type { Shape } from "../../local/providers/azure-native/schema/types.ts";
import { checkRequest } from "./support/requests.ts";
import { SAMPLES, type Sample } from "./support/samples.ts";
import { openWorld, withAt } from "./support/world.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** `keyvault:Vault` of every import of a resource class, in components and in what the examples add. */
const used = new Set(
  globSync(["components/**/*.ts", "index.ts", "extend.ts", "examples/**/*.ts"], { cwd: root, exclude: ["**/node_modules/**"] }).flatMap(
    (file) => {
      const text = readFileSync(path.join(root, file), "utf8");
      const imports = text.matchAll(/import \{([^}]+)\} from "@pulumi\/azure-native\/(\w+)\/(\w+)\.js"/g);
      return [...imports].flatMap(([, names = "", module, own = ""]) =>
        names
          .split(",")
          .flatMap((name) => (/^[A-Z]/.test(name.trim()) && !/^(get|list)/.test(own) ? [`${module}:${name.trim().split(" ")[0]}`] : [])),
      );
    },
  ),
);

describe("the stand-in's classes", () => {
  test("are those that components use, and each has a sample (else: schema/classes.ts, and support/samples.ts here)", () => {
    expect(used.size).toBeGreaterThan(30);
    expect([...used].filter((key) => CLASSES[key] === undefined)).toEqual([]);
    expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(CLASSES).sort());
  });
});

const table = Object.entries(SAMPLES);

describe("an object of each class lives as in Azure", () => {
  test.each(table)("%s", async (key, { inputs, change = {}, anew = {}, added = [] }: Sample) => {
    const world = await openWorld();
    const id = world.idOf(key, inputs);
    world.parents(id);

    const made = await world.create(key, inputs);
    expect(made.id).toBe(id);
    expect(world.exists(id)).toBe(true);
    expect(JSON.stringify(world.stored(id))).not.toContain("planted-hush");
    await expect(world.create(key, inputs)).rejects.toThrow(
      `${id} exists already. Adopt it: liftlock import STACK --type azure-native:${key}`,
    );

    const again = await world.read(key, made);
    expect(again).toEqual({ id, inputs: made.inputs, outputs: made.outputs });
    expect(await world.diff(key, made, inputs)).toMatchObject({ changes: false, replaces: [] });

    // In place.
    const changed = Object.entries(change).reduce((now, [at, value]) => withAt(now, at, value), inputs);
    expect(Object.keys((await world.diff(key, made, changed)).detailedDiff).sort()).toEqual(Object.keys(change).sort());
    expect((await world.diff(key, made, changed)).replaces).toEqual([]);
    const updated = await world.update(key, made, changed);
    expect(await world.diff(key, updated, changed)).toMatchObject({ changes: false });
    expect((await world.read(key, updated))?.inputs).toEqual(updated.inputs);

    // Anew: the old goes first, whatever it is called.
    for (const [at, value] of Object.entries(anew)) {
      const { replaces, deleteBeforeReplace } = await world.diff(key, updated, withAt(changed, at, value));
      expect([at, replaces.length, replaces[0]?.startsWith(at), deleteBeforeReplace]).toEqual([at, 1, true, true]);
    }
    for (const name of pathInputs(CLASSES[key]!.path)) {
      const { replaces, deleteBeforeReplace } = await world.diff(key, updated, { ...changed, [name]: "another" });
      expect([name, replaces, deleteBeforeReplace]).toEqual([name, [name], true]);
    }

    // By its id alone, as `liftlock import` reads it: only what Azure never gives back is missing.
    const imported = await world.read(key, { id });
    const { diffs } = await world.diff(key, { id, inputs: imported!.inputs, outputs: imported!.outputs }, changed);
    expect(diffs.sort()).toEqual([...hidden(key, changed), ...added].sort());

    await world.remove(key, updated);
    expect(await world.read(key, updated)).toBeUndefined();
    await world.remove(key, updated); // gone already
    await expect(world.update(key, updated, changed)).rejects.toThrow(/was deleted by hand. Run again with --refresh/);
  });
});

/** Inputs that are never given back: secrets, and what the SDK's class has no output for. */
const hidden = (key: string, inputs: PropertyMap): string[] => {
  const { path: id, secrets = [] } = CLASSES[key]!;
  const { outputs } = sdk().classes[key]!;
  const isHidden = (name: string) => secrets.some((at) => at.split(".")[0] === name) || name === "type" || !outputs.includes(name);
  return Object.keys(inputs).filter((name) => !pathInputs(id).includes(name) && isHidden(name));
};

describe("what no type of the SDK knows is refused, by its path", () => {
  test.each(table)("%s", (key, { inputs, change = {} }: Sample) => {
    const faults = (news: PropertyMap) => check(checkRequest(key, news)).failures;
    const whole = Object.entries(change).reduce((now, [at, value]) => withAt(now, at, value), inputs);
    expect(faults(whole)).toEqual([]);
    for (const [at, shape] of places(whole, { type: "" }, "", key)) {
      if (typeof shape === "object" && "type" in shape) {
        const at2 = at === "" ? "nonsense" : `${at}.nonsense`;
        expect(faults(withAt(whole, at2, 1)).map(({ property }) => property)).toContain(at2);
      } else {
        // A text where none may be, a number where a text must be.
        const wrong = shape === "string" ? 4711 : "nonsense";
        expect([at, faults(withAt(whole, at, wrong)).some(({ property }) => property === at || property.startsWith(at))]).toEqual([
          at,
          true,
        ]);
      }
    }
    const { inputs: fields } = sdk().classes[key]!;
    for (const [name] of Object.entries(fields).filter(([, { required }]) => required)) {
      const { [name]: _, ...rest } = whole;
      expect(faults(rest)).toContainEqual({ property: name, reason: "is required" });
    }
  });
});

/** Every place in a value with what the SDK says of it; a place that takes anything is left out. */
function* places(value: Value, shape: Shape, at: string, key: string): Generator<[string, Shape]> {
  if (typeof shape === "string" || "oneOf" in shape) {
    if (shape !== "any") yield [at, shape];
  } else if ("anyOf" in shape) return;
  else if ("list" in shape) {
    yield [at, shape];
    for (const [index, item] of (value as Value[]).entries()) yield* places(item, shape.list, `${at}[${index}]`, key);
  } else if (isMap(value)) {
    yield [at, shape];
    const fields = "type" in shape ? (shape.type === "" ? sdk().classes[key]!.inputs : sdk().types[shape.type]!) : undefined;
    for (const [name, item] of Object.entries(value))
      yield* places(reveal(item), "map" in shape ? shape.map : fields![name]!.shape, at === "" ? name : `${at}.${name}`, key);
  }
}
