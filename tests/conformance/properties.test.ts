import fc from "fast-check";
import { test } from "vitest";
import { declared } from "./support/random-program.ts";
import { troubles } from "./support/troubled-cloud.ts";
import { holds } from "./support/troubled-world.ts";

const run = fc.record({
  program: declared,
  refresh: fc.boolean(),
  destroy: fc.nat(9).map((n) => n === 0),
  trouble: fc.option(fc.record({ call: fc.integer({ min: 1, max: 12 }), kind: fc.constantFrom(...troubles) }), { nil: undefined, freq: 3 }),
  atWrite: fc.option(fc.record({ write: fc.integer({ min: 1, max: 25 }), written: fc.boolean() }), { nil: undefined, freq: 2 }),
});

/** `npm run test:properties` takes many more, and others each time. */
const runs = process.env.PROPERTY_RUNS;
const figures = runs === undefined ? { numRuns: 100, seed: 7 } : { numRuns: Number(runs) };

test("whatever programs follow each other and whatever goes wrong in between, the next run makes the world as declared", async () => {
  await fc.assert(fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), declared, holds), figures);
}, 900_000);
