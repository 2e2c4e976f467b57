import { describe, expect, test } from "vitest";
import { entryText, seal } from "../../ops/ledger/entry.ts";
import type { LedgerEvent } from "../../ops/ledger/event.ts";
import { BRANCH, freeze, git, open, reasons, repository, tamper } from "./support.ts";

async function ledgerOf(...what: string[]) {
  const dir = repository();
  const ledger = await open(dir);
  for (const reason of what) await ledger.append(freeze(reason));
  return { dir, ledger, events: (await ledger.read()).events };
}
const file = (number: number) => `events/000000/0000000${number}.json`;

/** The entries from `number` on, chained anew with another text at `number`: what somebody would do who knows the format. */
function forged(events: readonly LedgerEvent[], number: number): Record<string, string> {
  let previous = events[number - 2]?.id ?? null;
  return Object.fromEntries(
    events.slice(number - 1).map((event, i) => {
      const next = seal({ ...event, previous, what: i === 0 ? freeze("forged") : event.what });
      previous = next.id;
      return [file(event.number), entryText(next)];
    }),
  );
}

describe("what was tampered with is found", () => {
  test("a changed entry", async () => {
    const { dir, ledger, events } = await ledgerOf("a", "b", "c");
    tamper(dir, { [file(2)]: entryText(events[1]!).replace('"b"', '"x"') });
    const { events: left, findings } = await ledger.read();
    expect(findings).toEqual([
      expect.stringMatching(/^Entry 2: was changed in the ledger after this clone had seen it/),
      "Entry 2: was changed: its content does not match its id.",
    ]);
    expect(reasons(left)).toEqual(["a", "c"]);
  });
  test("a removed entry", async () => {
    const { dir, ledger } = await ledgerOf("a", "b", "c");
    tamper(dir, { [file(2)]: null });
    expect((await ledger.read()).findings).toEqual([
      expect.stringMatching(/^Entry 2: was removed from the ledger/),
      "Entry 2: is missing.",
    ]);
  });
  test("a forged chain without a fault in itself, by what this clone remembers", async () => {
    const { dir, ledger, events } = await ledgerOf("a", "b", "c");
    tamper(dir, forged(events, 2));
    expect((await ledger.read()).findings.map((finding) => finding.slice(0, 20))).toEqual(["Entry 2: was changed", "Entry 3: was changed"]);
  });
  test("a history that was rewritten, with the last entry cut off", async () => {
    const { dir, ledger } = await ledgerOf("a", "b", "c");
    git(dir, ["update-ref", BRANCH, `${BRANCH}~`]);
    expect((await ledger.read()).findings).toEqual([expect.stringMatching(/^Entry 3: was removed/)]);
  });
  test("a history that was rewritten, with the same entries", async () => {
    const { dir, ledger } = await ledgerOf("a", "b");
    tamper(dir, {}, { amend: true });
    expect((await ledger.read()).findings).toEqual([expect.stringMatching(/^The history of the ledger was rewritten/)]);
  });
  test("and stays a finding, however much is written afterwards", async () => {
    const { dir, ledger } = await ledgerOf("a", "b", "c");
    git(dir, ["update-ref", BRANCH, `${BRANCH}~`]);
    await ledger.append(freeze("other c"));
    await ledger.append(freeze("d"));
    expect((await ledger.read()).findings).toEqual([expect.stringMatching(/^Entry 3: was changed/)]);
  });
  test("a ledger that was deleted, which the next entry puts back", async () => {
    const { dir, ledger } = await ledgerOf("a", "b");
    git(dir, ["update-ref", "-d", BRANCH]);
    const { events, findings } = await ledger.read();
    expect(reasons(events)).toEqual(["a", "b"]);
    expect(findings).toEqual([expect.stringMatching(/was deleted.*git update-ref refs\/heads\/liftlock-ledger/)]);
    await ledger.append(freeze("c"));
    expect(await ledger.read()).toMatchObject({ findings: [], events: [{ number: 1 }, { number: 2 }, { number: 3 }] });
  });
  test("an entry damaged at the end does not stop the ledger from being written", async () => {
    const { dir, ledger } = await ledgerOf("a", "b");
    tamper(dir, { [file(2)]: "{" });
    await ledger.append(freeze("c"));
    const { events, findings } = await ledger.read();
    expect(reasons(events)).toEqual(["a", "c"]);
    expect(findings).toContain("Entry 2: is no JSON: it was changed or damaged.");
  });
});

describe("audit", () => {
  test("finds in the history what a clone that saw nothing cannot remember", async () => {
    const { dir, ledger, events } = await ledgerOf("a", "b", "c");
    expect(await ledger.audit()).toEqual({ commits: 3, signed: 0, findings: [] });
    tamper(dir, forged(events, 2));
    git(dir, ["update-ref", "-d", "refs/liftlock/ledger-seen"]);
    expect((await ledger.read()).findings).toEqual([]);
    const commit = git(dir, ["rev-parse", "--short=12", BRANCH]);
    expect((await ledger.audit()).findings).toEqual([2, 3].map((n) => `Entry ${n}: was changed by commit ${commit} (Ada).`));
  });
});
