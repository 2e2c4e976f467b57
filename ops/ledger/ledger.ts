import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../user-error.ts";
import { findActor } from "./actor.ts";
import { type Audit, audit } from "./audit.ts";
import { checkChain } from "./chain.ts";
import { type Actor, Happening, type Ledger, type LedgerEvent } from "./event.ts";
import { findRepository, type Git } from "./git.ts";
import { BRANCH, findRemote, type Remote } from "./remote.ts";
import { rewritten } from "./rewritten.ts";
import { scrub } from "./scrub.ts";
import { type Refs, Store } from "./store.ts";
import { type Synced, synchronize } from "./synchronize.ts";
import { commitMessage } from "./words.ts";

export interface OpenLedgerOptions {
  /** Folder of the program: anywhere inside a git repository. */
  readonly projectDir: string;
  /** The local world's own ledger: a ref of this clone that is never sent anywhere. */
  readonly local?: boolean;
  /** Who acts. Left out: as GitHub Actions or git know them. */
  readonly actor?: Actor;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Values that must never be written: they are taken out of every text. */
  readonly secrets?: readonly string[];
  readonly now?: () => Date;
}

const TEAM: Refs = { tip: `refs/heads/${BRANCH}`, seen: "refs/liftlock/ledger-seen" };
const LOCAL: Refs = { tip: "refs/liftlock/local-ledger", seen: "refs/liftlock/local-ledger-seen" };

/** Writers of one clone take turns by compare-and-swap: each lost turn was another's won one. */
const TURNS = 200;

/**
 * The ledger of a project's git repository. `read` asks no network (but for the first time in a clone), so whoever decides by what
 * others wrote calls `sync` first; `append` tries to send what it wrote, and `unsynced` says what the remote has not seen.
 */
export async function openLedger(options: OpenLedgerOptions): Promise<GitLedger> {
  const env = options.env ?? process.env;
  const git = await findRepository(options.projectDir, env);
  const local = options.local ?? false;
  const remote = local ? undefined : await findRemote(git);
  const store = new Store(git, local ? LOCAL : TEAM, env);
  const actor = async () => options.actor ?? (await findActor(git, env, local));
  return new GitLedger(store, remote, { local, actor, secrets: options.secrets ?? [], now: options.now ?? (() => new Date()) });
}

interface Settings {
  readonly local: boolean;
  readonly actor: () => Promise<Actor>;
  readonly secrets: readonly string[];
  readonly now: () => Date;
}

type Written = Awaited<ReturnType<Store["write"]>>;

/** The ledger on an orphan branch of a git repository, or on a ref of its own in the local world. */
export class GitLedger implements Ledger {
  readonly #store: Store;
  readonly #git: Git;
  readonly #remote: Remote | undefined;
  readonly #settings: Settings;
  /** The remote did not answer: until `sync` is asked for, nobody waits for it again. */
  #offline = false;
  /** Why entries were not sent. */
  #unsent: string | undefined;

  constructor(store: Store, remote: Remote | undefined, settings: Settings) {
    this.#store = store;
    this.#git = store.git;
    this.#remote = remote;
    this.#settings = settings;
  }

  /** Who appends. */
  actor(): Promise<Actor> {
    return this.#settings.actor();
  }

  async read(): Promise<{ events: LedgerEvent[]; findings: string[] }> {
    const { refs } = this.#store;
    const { tip, old } = await this.#current();
    if (tip === undefined) return { events: [], findings: [] };
    const { events, findings } = checkChain(await this.#store.read(tip));
    findings.unshift(...(await this.#losses(tip)));
    if (old === undefined && this.#remote === undefined) {
      findings.unshift(`The ledger's ref ${refs.tip} was deleted. The next entry puts it back, or: git update-ref ${refs.tip} ${tip}`);
    }
    if (findings.length === 0) await this.#store.remember(tip);
    return { events, findings };
  }

  /** Looks through the whole history, commit by commit: was an entry ever changed or removed, and how many commits are signed. */
  async audit(): Promise<Audit> {
    const { tip } = await this.#current();
    return tip === undefined ? { commits: 0, signed: 0, findings: [] } : audit(this.#git, tip);
  }

  /** What this clone had seen, here or at the remote, and what is no longer there. */
  async #losses(tip: string): Promise<string[]> {
    const [seen, theirs, theirsSeen] = await this.#git.refs(this.#store.refs.seen, this.#remote?.tracking, this.#remote?.seen);
    const here = await rewritten(this.#git, seen, tip, "the ledger");
    if (this.#remote === undefined || theirs === undefined) return here;
    return [...(await rewritten(this.#git, theirsSeen, theirs, `the ledger on ${this.#remote.name}`)), ...here];
  }

  async append(...what: Happening[]): Promise<{ events: LedgerEvent[]; unsynced: number; reason?: string }> {
    if (what.length === 0) return { events: [], unsynced: await this.#unsynced() };
    const actor = await this.#settings.actor();
    const at = this.#settings.now().toISOString();
    const drafts = what.map((happening) => ({ at, actor, what: Happening.parse(scrub(happening, this.#settings.secrets)) }));
    const written = await this.#write(drafts, actor);
    let { events } = written;
    if (this.#remote !== undefined && !this.#offline) {
      // What was written stays written, whatever the remote does; a rewritten one is a finding of every `read`.
      const synced = await synchronize(this.#store, this.#remote, actor, false).catch(unsent);
      this.#offline = synced.offline;
      this.#unsent = synced.reason;
      events = await this.#placed(written);
    }
    await this.#tidy(events.at(-1)!.number);
    const unsynced = await this.#unsynced();
    return { events, unsynced, ...(unsynced > 0 && this.#unsent !== undefined ? { reason: this.#unsent } : {}) };
  }

  async sync(): Promise<Synced> {
    if (this.#settings.local) return { sent: 0, received: 0, offline: false, reason: "The local world's ledger stays in this clone." };
    if (this.#remote === undefined) return { sent: 0, received: 0, offline: true, reason: "This repository has no remote." };
    const synced = await synchronize(this.#store, this.#remote, await this.#syncActor(), true);
    this.#offline = synced.offline;
    this.#unsent = synced.reason;
    return synced;
  }

  /** Chaining entries anew needs a name for git's commit only: a reader who has none may still receive. */
  #syncActor(): Promise<Actor> {
    return this.#settings.actor().catch(() => ({ name: "liftlock" }));
  }

  async #write(drafts: Parameters<Store["write"]>[1], actor: Actor): Promise<Written> {
    for (let turn = 0; turn < TURNS; turn++) {
      const { tip, old } = await this.#current();
      const written = await this.#store.write(tip, drafts, commitMessage, actor);
      if (await this.#store.move(written.commit, old)) return written;
      await pause(Math.random() * Math.min(20 * (turn + 1), 200));
    }
    throw new UserError("The ledger is being written all the time by others of this clone: try again.");
  }

  /**
   * Where to read, and what to write behind; `old` is what the ref says now. What `git fetch` brought counts as long as nothing of
   * ours is in its way, and a ref that somebody deleted goes on where it was.
   */
  async #current(): Promise<{ tip: string | undefined; old: string | undefined }> {
    const { refs } = this.#store;
    const [old, seen, known] = await this.#git.refs(refs.tip, refs.seen, this.#remote?.tracking);
    let theirs = known;
    if (old === undefined && theirs === undefined && this.#remote !== undefined && !this.#offline) {
      this.#offline = typeof (await this.#remote.fetch()) === "object";
      [theirs] = await this.#git.refs(this.#remote.tracking);
    }
    const tip = old ?? seen;
    if (theirs === undefined || theirs === tip) return { tip, old };
    const ahead = tip === undefined || (await this.#git.isAncestor(tip, theirs));
    return { tip: ahead ? theirs : tip, old };
  }

  /** How many entries only this clone has. */
  async #unsynced(): Promise<number> {
    if (this.#settings.local) return 0;
    const [tip, theirs] = await this.#git.refs(this.#store.refs.tip, this.#remote?.tracking);
    if (tip === undefined || tip === theirs) return 0;
    const base = theirs === undefined ? undefined : await this.#git.maybe(["merge-base", tip, theirs]);
    return this.#store.grown(base, tip);
  }

  /** Our entries as they stand now: an exchange with the remote may have given them other places. */
  async #placed({ commit, events }: Written): Promise<LedgerEvent[]> {
    const [tip] = await this.#git.refs(this.#store.refs.tip);
    if (tip === undefined || tip === commit) return [...events];
    const now = checkChain(await this.#store.read(tip)).events;
    const ids = new Set(now.map(({ id }) => id));
    if (events.every(({ id }) => ids.has(id))) return [...events];
    const same = (a: LedgerEvent | undefined, b: LedgerEvent) =>
      a !== undefined && a.at === b.at && a.what.kind === b.what.kind && a.actor.name === b.actor.name;
    const start = now.findLastIndex((_, i) => events.every((event, j) => same(now[i + j], event)));
    return start < 0 ? [...events] : now.slice(start, start + events.length);
  }

  /** Entries are loose objects until git packs them: what every git command of a user's does now and then. */
  async #tidy(number: number): Promise<void> {
    if (number % 500 === 0) await this.#git.attempt(["gc", "--auto", "--quiet"]);
  }
}

function unsent(error: unknown): { offline: true; reason: string } {
  if (!(error instanceof UserError)) throw error;
  return { offline: true, reason: error.message.split("\n")[0]! };
}
