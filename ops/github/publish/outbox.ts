import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import type { LedgerEvent } from "../../ledger/event.ts";

/** An entry of the ledger that GitHub has still to hear of. */
const Waiting = z.object({
  key: z.string(),
  stack: z.string(),
  as: z.enum(["deployment", "pull-request"]),
  /** Page of the workflow's run that recorded it. */
  log: z.string().optional(),
});
export type Waiting = z.infer<typeof Waiting>;

/** What the gates before a stack say of the release that a commit holds. */
const Statuses = z.object({
  sha: z.string(),
  stack: z.string(),
  version: z.string(),
  log: z.string().optional(),
  list: z.array(z.object({ context: z.string(), state: z.enum(["success", "pending", "failure"]), description: z.string() })),
});
export type Statuses = z.infer<typeof Statuses>;

const Kept = z.object({ waiting: z.array(Waiting), statuses: z.array(Statuses), refused: z.array(z.string()) });

/** A project that nobody lets publish must not grow a file without end. */
const MOST = 200;

/**
 * What waits for GitHub, and what GitHub refused for good, in a file of this checkout. Whatever else a run has to tell stands in the
 * ledger: a checkout that has no such file loses nothing but the addresses of logs.
 */
export class Outbox {
  readonly #file: string;
  waiting: Waiting[];
  statuses: Statuses[];
  readonly #refused: Set<string>;

  constructor(file: string) {
    this.#file = file;
    const kept = read(file);
    this.waiting = kept.waiting;
    this.statuses = kept.statuses;
    this.#refused = new Set(kept.refused);
  }

  add(one: Waiting): void {
    if (!this.waiting.some(({ key, as }) => key === one.key && as === one.as)) this.waiting.push(one);
  }
  done(key: string, as: Waiting["as"]): void {
    this.waiting = this.waiting.filter((one) => one.key !== key || one.as !== as);
  }
  /** The newest word on a commit counts. */
  say(statuses: Statuses): void {
    this.heard(statuses);
    this.statuses.push(statuses);
  }
  heard({ sha, stack }: Pick<Statuses, "sha" | "stack">): void {
    this.statuses = this.statuses.filter((one) => one.sha !== sha || one.stack !== stack);
  }

  isRefused(what: string): boolean {
    return this.#refused.has(what);
  }
  /** Remembers what GitHub will not take, however often it is asked. */
  refuse(what: string): void {
    this.#refused.add(what);
  }

  /** Asked for by hand: what was refused may be there by now. */
  tryAgain(): void {
    this.#refused.clear();
  }

  async save(): Promise<void> {
    const refused = [...this.#refused].slice(-MOST);
    if (this.waiting.length + this.statuses.length + refused.length === 0) return rm(this.#file, { force: true });
    await mkdir(path.dirname(this.#file), { recursive: true });
    const kept = { waiting: this.waiting.slice(-MOST), statuses: this.statuses.slice(-MOST), refused };
    await writeFileAtomic(this.#file, `${JSON.stringify(kept, null, 1)}\n`, { mode: 0o600 });
  }
}

/** A file that cannot be read waits for nothing: the ledger knows what is missing on GitHub. */
function read(file: string): z.infer<typeof Kept> {
  try {
    return Kept.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { waiting: [], statuses: [], refused: [] };
  }
}

/**
 * Names an entry for good. Its id and number do not: entries made offline are chained anew behind those of the others, under their own
 * time. One run makes no two entries of a kind for a stack.
 */
export const keyOf = ({ at, what }: Pick<LedgerEvent, "at" | "what">): string =>
  `${at} ${what.kind} ${"stack" in what ? (what.stack ?? "") : ""}`;
