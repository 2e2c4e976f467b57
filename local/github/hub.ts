import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import sodium from "libsodium-wrappers";
import writeFileAtomic from "write-file-atomic";
import { GitRepository } from "./git/repository.ts";
import { notFound } from "./refusal.ts";
import type { Account, AuditEntry, KeyPair, Plan, Repo, State, Team } from "./state.ts";

export interface HubOptions {
  /** Holds `github.json` and the bare repositories. */
  dir: string;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** The stand-in's state with the look-ups that every route needs. Everything that changes it ends with `save()`. */
export class Hub {
  readonly dir: string;
  readonly state: State;
  readonly #now: () => number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: HubOptions, state: State) {
    this.dir = options.dir;
    this.state = state;
    this.#now = options.now ?? Date.now;
  }

  static async open(options: HubOptions): Promise<Hub> {
    await Promise.all([mkdir(path.join(options.dir, "git"), { recursive: true, mode: 0o700 }), sodium.ready]);
    const text = await readFile(path.join(options.dir, "github.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    const empty: State = { nextId: 1000, accounts: {}, tokens: {}, repos: {} };
    return new Hub(options, text === undefined ? empty : (JSON.parse(text) as State));
  }

  /** Writes what is so far, one write after the other. Resolves when this state is on disk. */
  save(): Promise<void> {
    const text = `${JSON.stringify(this.state, null, 1)}\n`;
    const write = () => writeFileAtomic(path.join(this.dir, "github.json"), text, { mode: 0o600, fsync: false });
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }

  time(): string {
    return `${new Date(this.#now()).toISOString().slice(0, 19)}Z`;
  }
  id(): number {
    return this.state.nextId++;
  }

  account(login: string): Account {
    const found = this.state.accounts[login.toLowerCase()];
    if (found === undefined) throw notFound();
    return found;
  }
  accountById(id: number): Account | undefined {
    return Object.values(this.state.accounts).find((account) => account.id === id);
  }
  organization(login: string): Account {
    const found = this.account(login);
    if (found.type !== "Organization") throw notFound();
    return found;
  }
  team(org: Account, slug: string): Team {
    const found = org.teams[slug.toLowerCase()];
    if (found === undefined) throw notFound();
    return found;
  }
  teamById(id: number): { org: Account; team: Team } | undefined {
    for (const org of Object.values(this.state.accounts)) {
      const team = Object.values(org.teams).find((candidate) => candidate.id === id);
      if (team !== undefined) return { org, team };
    }
    return undefined;
  }
  repository(owner: string, name: string): Repo {
    const found = this.state.repos[`${owner}/${name}`.toLowerCase()];
    if (found === undefined) throw notFound();
    return found;
  }
  repositoryById(id: number): Repo | undefined {
    return Object.values(this.state.repos).find((repo) => repo.id === id);
  }
  planOf(repo: Repo): Plan {
    return this.account(repo.owner).plan;
  }

  gitDir(repo: Repo): string {
    return path.join(this.dir, "git", `${repo.id}.git`);
  }
  git(repo: Repo): GitRepository {
    return new GitRepository(this.gitDir(repo));
  }

  /** Notes who did what, where GitHub would: in the organization's audit log. */
  audit(repo: Repo | undefined, org: string, actor: string, action: string, detail: Record<string, string> = {}): void {
    const account = this.state.accounts[org.toLowerCase()];
    if (account?.type !== "Organization") return;
    const entry: AuditEntry = { at: this.time(), actor, action, repo: repo === undefined ? null : `${repo.owner}/${repo.name}`, detail };
    account.auditLog.unshift(entry);
    account.auditLog.length = Math.min(account.auditLog.length, 1000);
  }

  newKeyPair(): KeyPair {
    const { publicKey, privateKey } = sodium.crypto_box_keypair();
    const encode = (bytes: Uint8Array) => sodium.to_base64(bytes, sodium.base64_variants.ORIGINAL);
    return { keyId: String(3_380_204_578_043_523_000n + BigInt(this.id())), publicKey: encode(publicKey), privateKey: encode(privateKey) };
  }
}
