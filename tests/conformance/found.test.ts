import { describe, expect, test } from "vitest";
import type { Declared, Slot } from "./support/random-program.ts";
import type { Trouble } from "./support/troubled-cloud.ts";
import { holds, type Run, World } from "./support/troubled-world.ts";

const slot = (more: Partial<Slot> = {}): Slot => ({
  renamed: false,
  size: 0,
  fixed: 0,
  deleteBeforeReplace: false,
  protect: false,
  retain: false,
  uses: 0,
  after: 0,
  bound: false,
  strict: false,
  noise: 0,
  deaf: false,
  elsewhere: false,
  along: false,
  moved: false,
  ...more,
});
/** Places by number. */
const program = (slots: Record<number, Partial<Slot>>): Declared =>
  Array.from({ length: 8 }, (_, place) => (slots[place] === undefined ? undefined : slot(slots[place])));
const nothing = program({});

describe("what was once wrong", () => {
  const found: { name: string; runs: Run[]; last?: Declared }[] = [
    {
      name: "what needs a resource that is renamed and deleted before its replacement",
      runs: [{ program: program({ 0: {}, 1: { renamed: true, fixed: 1 }, 6: { uses: 2 } }) }],
      last: program({ 0: {}, 1: { deleteBeforeReplace: true } }),
    },
    {
      name: "a resource that is deleted along with a replacement on which it no longer depends",
      runs: [{ program: program({ 0: {}, 1: {}, 2: { uses: 2, bound: true }, 5: { uses: 2, bound: true } }) }],
      last: program({ 0: {}, 1: { fixed: 1, deleteBeforeReplace: true }, 2: {} }),
    },
    {
      name: "the interrupted creation of what takes the place and the name of a deleted object",
      runs: [
        { program: program({ 1: {}, 5: { fixed: 1 } }) },
        { program: program({ 1: {}, 5: {} }), trouble: { call: 2, kind: "death-after" } },
        { program: nothing, destroy: true },
      ],
    },
    {
      name: "an update that was refused by the holder's end and yet took effect",
      runs: [
        { program: program({ 2: {}, 4: { fixed: 1 } }) },
        { program: program({ 4: { fixed: 1 } }), trouble: { call: 1, kind: "unanswered" } },
      ],
      last: program({ 2: { fixed: 1 } }),
    },
    {
      name: "an object gone while a former one of its name still waits for its deletion",
      runs: [
        { program: program({ 4: { fixed: 1 } }) },
        { program: program({ 4: {}, 6: { after: 16 } }), trouble: { call: 3, kind: "refused" } },
        { program: program({ 4: { fixed: 1, deleteBeforeReplace: true }, 6: { after: 16 } }), trouble: { call: 1, kind: "death-after" } },
      ],
    },
    {
      name: "an object deleted beside its replaced namesake, whose own deletion ended first",
      runs: [
        {
          program: program({
            0: { protect: true },
            1: { renamed: true, protect: true },
            2: { protect: true },
            3: { protect: true },
            7: {},
          }),
        },
        {
          program: program({ 0: { protect: true }, 1: { renamed: true, fixed: 1 }, 2: {}, 6: { after: 34 } }),
          trouble: { call: 2, kind: "refused" },
        },
        { program: nothing, destroy: true, trouble: { call: 4, kind: "death-after" } },
      ],
    },
    {
      name: "a creation that is refused leaves no mark, one that went unanswered is found",
      runs: [
        { program: program({ 1: {} }), trouble: { call: 1, kind: "refused" } },
        { program: program({ 1: {}, 4: {} }), trouble: { call: 1, kind: "unanswered" } },
        { program: program({ 1: { size: 1 }, 4: {} }), trouble: { call: 1, kind: "death-after" } },
      ],
    },
  ];
  test.each(found)("$name", ({ runs, last = nothing }) => holds(runs, last));
});

describe("what a failed run leaves in the state", () => {
  const marks: { kind: Trouble; marks: string[] }[] = [
    { kind: "refused", marks: [] },
    { kind: "unready", marks: [] },
    { kind: "lost", marks: ["creating"] },
    { kind: "unanswered", marks: ["creating"] },
  ];
  test.each(marks)("after a creation that was $kind: $marks", async ({ kind, marks }) => {
    const world = new World();
    const death = world.troubled.begin({ call: 1, kind });
    expect((await world.run("update", program({ 1: {} }), { death })).result).toBe("failed");
    expect(world.stack.load().pendingOperations.map(({ type }) => type)).toEqual(marks);
    const after = world.troubled.begin();
    const next = await world.run("update", program({ 1: {} }), { death: after });
    expect(next.result).toBe("succeeded");
    expect(next.diagnostics.some(({ message }) => message.includes("interrupted"))).toBe(marks.length > 0);
  });
});
