import fc from "fast-check";
import { expect, test } from "vitest";
import type { PropertyMap } from "../../local/engine/values.ts";
import { prune } from "../../local/providers/kubernetes/prune.ts";
import { states } from "./requests.ts";

const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })).map((v) => JSON.parse(JSON.stringify(v)) as PropertyMap);

test("recorded drift: inputs after a refresh are the live object cut to what was declared", () => {
  const declared = Object.fromEntries(states.step6!.map(({ type, id, inputs }) => [`${type} ${id}`, inputs]));
  for (const { id, type, inputs, outputs } of states.drift!) {
    if (type === "kubernetes:core/v1:Secret") continue; // its values were not recorded
    expect(prune(outputs, declared[`${type} ${id}`]!), id).toEqual(inputs);
  }
});

test("additions are cut, changes and other kinds of value stand, lists go by index", () => {
  expect(prune({ a: 1, b: 2, toString: 3 }, { a: 0 })).toEqual({ a: 1 });
  expect(prune({ a: { x: 1, y: 2 } }, { a: { x: 0, z: 0 } })).toEqual({ a: { x: 1 } });
  expect(prune({ a: "text" }, { a: { x: 0 } })).toEqual({ a: "text" });
  expect(prune({ a: [{ x: 1, y: 2 }, { x: 3 }] }, { a: [{ x: 0 }] })).toEqual({ a: [{ x: 1 }] });
  expect(prune({ a: [1] }, { a: [1, 2] })).toEqual({ a: [1] });
  expect(prune({ a: [1] }, { a: [{}] })).toEqual({ a: [1] });
});

test("a shape pruned by itself is itself, and pruning twice changes nothing more", () => {
  fc.assert(
    fc.property(json, json, (live, shape) => {
      expect(prune(shape, shape)).toEqual(shape);
      const once = prune(live, shape);
      expect(prune(once, shape)).toEqual(once);
    }),
  );
});
