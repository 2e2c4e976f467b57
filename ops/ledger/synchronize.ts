import { UserError } from "../user-error.ts";
import { entryNumber } from "./chain.ts";
import { open } from "./entry.ts";
import type { Actor, LedgerEvent } from "./event.ts";
import { BRANCH, type Remote } from "./remote.ts";
import { rewritten } from "./rewritten.ts";
import type { Store } from "./store.ts";
import { commitMessage } from "./words.ts";

export interface Synced {
  readonly sent: number;
  readonly received: number;
  readonly offline: boolean;
  readonly reason?: string;
}

/** Each round of a race has a winner, so this many writers at once would have to be quicker than us. */
const ROUNDS = 50;

/** Exchanges entries with the remote until both hold the same. Entries of ours that the remote has not seen end up behind its own. */
export async function synchronize(store: Store, remote: Remote, actor: Actor, fetchFirst: boolean): Promise<Synced> {
  const { git } = store;
  let received = 0;
  let lost = false;
  for (let round = 0; round < ROUNDS; round++) {
    if (fetchFirst || round > 0) {
      const answer = await remote.fetch();
      if (typeof answer === "object") return { sent: 0, received, ...answer };
      lost = answer === "lost";
    }
    const [local, theirs, seen] = await git.refs(store.refs.tip, remote.tracking, remote.seen);
    if (theirs !== undefined) {
      const findings = await rewritten(git, seen, theirs, `the ledger on ${remote.name}`);
      if (findings.length > 0) throw new UserError(refusal(remote, theirs, findings));
    }
    if (local === undefined) {
      if (theirs === undefined) return { sent: 0, received, offline: false, reason: "The ledger is empty." };
      if (!(await store.move(theirs, undefined))) continue;
      received += await store.grown(undefined, theirs);
      await git.attempt(["update-ref", remote.seen, theirs]);
      return { sent: 0, received, offline: false };
    }
    const next = theirs === undefined ? local : await behind(store, local, theirs, actor);
    if (next !== local) {
      if (!(await store.move(next, local))) continue;
      received += await store.grown(await git.maybe(["merge-base", local, theirs!]), theirs!);
    }
    const sent = await store.grown(theirs, next);
    const answer = next === theirs ? "done" : await remote.push(next);
    if (answer === "outrun") continue;
    if (typeof answer === "object") return { sent: 0, received, ...answer };
    const putBack = lost && seen !== undefined;
    await git.attempt(["update-ref", remote.seen, next]);
    return { sent, received, offline: false, ...(putBack ? { reason: `${remote.name} had lost the ledger: it was put back.` } : {}) };
  }
  return { sent: 0, received, offline: false, reason: `${remote.name} was busy: others wrote all the time. Run log --sync again.` };
}

/** The tip that holds both: theirs where it has ours already, ours where it has theirs, otherwise ours chained anew behind theirs. */
async function behind(store: Store, local: string, theirs: string, actor: Actor): Promise<string> {
  if (local === theirs) return local;
  const base = await store.git.maybe(["merge-base", local, theirs]);
  if (base === theirs) return local;
  if (base === local) return theirs;
  const own = await added(store, base, local);
  return (await store.write(theirs, own, commitMessage, actor)).commit;
}

/** Entries that were added between two commits, in order. A damaged one stops the exchange: what it said cannot be written again. */
async function added(store: Store, base: string | undefined, tip: string): Promise<LedgerEvent[]> {
  const old = new Set(base === undefined ? [] : (await store.list(base)).map(({ path }) => path));
  const files = await store.read(tip, (file) => !old.has(file) && entryNumber(file) !== undefined);
  return files.map(({ path, text }) => {
    const opened = open(text);
    if ("event" in opened) return opened.event;
    throw new UserError(`Entry ${entryNumber(path)} of the ledger ${opened.fault}, so it cannot be sent. log --verify says more.`);
  });
}

const refusal = (remote: Remote, theirs: string, findings: readonly string[]): string =>
  [
    `The ledger on ${remote.name} no longer holds what this clone had seen there; nothing was exchanged:`,
    ...findings.map((finding) => `  ${finding}`),
    `Find out who did it. To put back what was there: git push --force ${remote.name} ${remote.seen}:refs/heads/${BRANCH}`,
    `To accept it as it is now: git update-ref ${remote.seen} ${theirs}`,
  ].join("\n");
