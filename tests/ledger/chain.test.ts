import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkChain, type EntryFile, entryNumber, entryPath } from "../../ops/ledger/chain.ts";
import { entryText, seal } from "../../ops/ledger/entry.ts";
import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import { scrub } from "../../ops/ledger/scrub.ts";
import { freeze } from "./support.ts";

const at = "2026-11-21T12:00:00.000Z";
function chain(...what: Happening[]): LedgerEvent[] {
  const events: LedgerEvent[] = [];
  for (const happening of what) {
    const previous = events.at(-1)?.id ?? null;
    events.push(seal({ number: events.length + 1, previous, at, actor: { name: "Ada" }, what: happening }));
  }
  return events;
}
const files = (events: readonly LedgerEvent[]): EntryFile[] =>
  events.map((event) => ({ path: entryPath(event.number), text: entryText(event) }));
const five = chain(...["a", "b", "c", "d", "e"].map(freeze));
const withText = (number: number, text: string) => files(five).map((file) => (file.path === entryPath(number) ? { ...file, text } : file));

describe("a chain of entries", () => {
  test("comes back as it was written", () => expect(checkChain(files(five))).toEqual({ events: five, findings: [] }));
  test("is the same whatever order the files come in", () =>
    expect(checkChain(files(five).reverse())).toEqual({ events: five, findings: [] }));
  test("has ids that depend on nothing but content", () => {
    const { id, ...rest } = five[1]!;
    const shuffled = Object.fromEntries(Object.entries(rest).reverse()) as typeof rest;
    expect(seal(shuffled).id).toBe(id);
    // The canonical text and its SHA-256, worked out by hand with sha256sum.
    const first = seal({ number: 1, previous: null, at, actor: { name: "Ada" }, what: { kind: "unfreeze", reason: "über" } });
    expect(entryText(first).replace(first.id, "ID")).toBe(
      '{"actor":{"name":"Ada"},"at":"2026-11-21T12:00:00.000Z","id":"ID","number":1,"previous":null,"what":{"kind":"unfreeze","reason":"über"}}\n',
    );
    expect(first.id).toBe("b0f18d575ad20a7ed78853840a53fbd3fda4a83e3850f8b558f2e1f708c43b0a");
  });
  test("says which entry was changed, and does not hand it out", () => {
    const { events, findings } = checkChain(withText(3, entryText(five[2]!).replace('"c"', '"x"')));
    expect(findings).toEqual(["Entry 3: was changed: its content does not match its id."]);
    expect(events).toEqual(five.filter(({ number }) => number !== 3));
  });
  test("says where an entry was exchanged for another that is whole", () => {
    const forged = seal({ ...five[2]!, what: freeze("forged") });
    expect(checkChain(withText(3, entryText(forged))).findings).toEqual([
      "Entry 4: does not follow entry 3: one of the two was exchanged.",
    ]);
  });
  test.each([
    [[2], "Entry 2: is missing."],
    [[1], "Entry 1: is missing."],
    [[2, 3], "Entries 2 to 3: are missing."],
  ])("names the hole %j", (gone, finding) => {
    expect(checkChain(files(five.filter(({ number }) => !gone.includes(number)))).findings).toEqual([finding]);
  });
  test("names an entry that was moved", () => {
    expect(checkChain(withText(5, entryText(five[3]!))).findings).toContain("Entry 5: calls itself number 4: it was moved.");
  });
  test.each([
    ["{", "is no JSON"],
    ["[]", "has not the shape of an entry"],
    [entryText(five[2]!).replace("2026-11-21T12", "yesterday"), "has not the shape of an entry (at)"],
  ])("names an entry that is damaged: %s", (text, finding) => {
    expect(checkChain(withText(3, text)).findings).toEqual([expect.stringContaining(`Entry 3: ${finding}`)]);
  });
  test("names what does not belong", () => {
    const strange = { path: "events/000000/00000009.txt", text: "" };
    expect(checkChain([...files(five), strange]).findings).toEqual([expect.stringContaining(strange.path)]);
  });
  test("keeps its order over an entry of a later version, which is said and not handed out", () => {
    const later = chain(freeze("a"), { kind: "teleport", stack: "moon" } as unknown as Happening, freeze("b"));
    const { events, findings } = checkChain(files(later));
    expect(findings).toEqual(['Entry 2: "teleport" is nothing that this version of liftlock knows: update liftlock.']);
    expect(events.map(({ number }) => number)).toEqual([1, 3]);
  });
  test("keeps what a later version says of a kind that we know", () => {
    const later = chain({ ...freeze("a"), colour: "blue" } as unknown as Happening);
    expect(checkChain(files(later))).toEqual({ events: later, findings: [] });
  });
  test("never passes a change of a single character", () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(), fc.constantFrom("0", "a", "}", " ", "é", "\\"), (which, where, character) => {
        const text = entryText(five[which]!).trimEnd();
        const position = where % text.length;
        const changed = text.slice(0, position) + character + text.slice(position + 1);
        fc.pre(changed !== text);
        expect(checkChain(withText(which + 1, changed)).findings).not.toEqual([]);
      }),
    );
  });
  test("has a place of its own for every number", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 99_999_999 }), (number) => entryNumber(entryPath(number)) === number));
    expect(entryPath(12_345)).toBe("events/000123/00012345.json");
    expect(entryNumber("events/000124/00012345.json")).toBeUndefined();
  });
});

describe("what may be written down for ever", () => {
  test("known secrets are taken out of every text, also out of keys", () => {
    const value = { cause: "login with hunter2hunter2 failed", list: ["hunter2hunter2"], hunter2hunter2: 1 };
    expect(JSON.stringify(scrub(value, ["hunter2hunter2"]))).not.toContain("hunter2");
  });
  test("the longer secret goes first, so that nothing of it is left", () => {
    expect(scrub("abcdef-ghijkl", ["abcdef", "abcdef-ghijkl"])).toBe("[secret]");
  });
  test("values too short to be a secret tear no holes", () => expect(scrub("a plan", ["a"])).toBe("a plan"));
  test("what looks like a credential is left out as a whole", () => {
    expect(scrub({ reason: `token ghp_${"a".repeat(36)}` }, []).reason).toMatch(/^\[left out: .*GitHub token\]$/);
    expect(scrub("postgresql://ada:correct-horse@db/ferry refused", [])).not.toContain("horse");
  });
});
