import picocolors from "picocolors";
import { expect, test } from "vitest";
import type { Context } from "../../ops/context.ts";
import type { Ledger, LedgerEvent } from "../../ops/ledger/event.ts";
import { openBook } from "../../ops/promotion/book.ts";
import { UserError } from "../../ops/user-error.ts";
import { ledger } from "../gates/support.ts";

const theirs = ledger([0, { kind: "hold", stack: "production", releaseId: "b", reason: "flaky", automatic: false }]);

/** A run's view of a ledger whose remote holds somebody else's entries. */
async function opened(sync: Ledger["sync"], here: readonly LedgerEvent[] = []) {
  let events = [...here];
  const kept: Ledger = {
    sync: async () => {
      const synced = await sync();
      if (!synced.offline) events = [...theirs];
      return synced;
    },
    read: async () => ({ events, findings: [] }),
    append: async () => ({ events: [], unsynced: 0 }),
  };
  const err: string[] = [];
  const io = { err: (text: string) => void err.push(text), colors: picocolors.createColors(false) };
  const book = await openBook({ io, selector: { ledger: async () => kept } } as unknown as Context, ".");
  return { kinds: book.events.map(({ what }) => what.kind), err: err.join("\n") };
}

test("a run sees what others wrote: their hold counts as one of ours", async () =>
  expect(await opened(async () => ({ sent: 0, received: 1, offline: false }))).toEqual({ kinds: ["hold"], err: "" }));

test("when the others cannot be asked it goes on with what is known here, and says so", async () => {
  const { kinds, err } = await opened(async () => ({ sent: 0, received: 0, offline: true, reason: "no route to host" }));
  expect(kinds).toEqual([]);
  expect(err).toContain("The ledger of the others cannot be asked (no route to host)");
});

test("a remote whose history was rewritten does not stand between a team and its way back", async () => {
  const { kinds, err } = await opened(async () => {
    throw new UserError("The ledger on origin no longer holds what this clone had seen there");
  }, theirs);
  expect(kinds).toEqual(["hold"]);
  expect(err).toContain("no longer holds what this clone had seen");
});

test("what the others do not get to see is said, once for each reason: a runner's clone is gone with the runner", async () => {
  const kept: Ledger = {
    sync: async () => ({ sent: 0, received: 0, offline: false }),
    read: async () => ({ events: [], findings: [] }),
    append: async (...what) => ({ events: [], unsynced: what.length, reason: "origin refuses the ledger: protected branch." }),
  };
  const err: string[] = [];
  const io = { err: (text: string) => void err.push(text), colors: picocolors.createColors(false) };
  const context = { io, selector: { ledger: async () => kept }, command: "./liftlock", options: { stackDir: "shop" } };
  const book = await openBook(context as unknown as Context, ".");
  await book.append({ kind: "freeze", reason: "x" });
  await book.append({ kind: "freeze", reason: "y" });
  expect(err).toEqual([
    "Not sent (1 entry of the ledger, only in this clone): origin refuses the ledger: protected branch. To send them: ./liftlock log --sync --stack-dir shop",
  ]);
});
