import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { HistoryEntry, LockOwner } from "../../../ops/engine.ts";
import { called, NoStateError, UserError } from "../../../ops/user-error.ts";
import type { NewHistoryEntry, Snapshot, StackBackend } from "../state.ts";
import type { PropertyMap } from "../values.ts";
import { keepBackup, removeLeftovers, writeAtomic } from "./atomic-file.ts";
import { type Checkpoint, CheckpointCodec } from "./checkpoint.ts";
import { damaged, isJournaled, readCheckpoint } from "./checkpoint-file.ts";
import { type Crypter, passphraseCrypter, WrongPassphrase } from "./crypter.ts";
import { readHistory, writeHistory } from "./history.ts";
import { integrityProblem } from "./integrity.ts";
import { Journal, type Parts } from "./journal.ts";
import { parseStackName, type StackLayout, stackLayout } from "./layout.ts";
import { acquireLock, readLocks, removeLocks } from "./lock.ts";
import { opened } from "./opened.ts";
import { holdsCiphertext } from "./property-codec.ts";
import { ResourceError } from "./resource-codec.ts";
import { SaveQueue } from "./save-queue.ts";
import { ENGINE_VERSION, prepareBackend, tagStack } from "./stack-files.ts";

export interface BackendOptions {
  /** Folder that holds `.pulumi/`. */
  backendDir: string;
  project: string;
  stack: string;
  passphrase: string;
  /** Open also what the Pulumi CLI made, and leave it unmarked. */
  allowForeign?: boolean;
  /** Characters of state from which on changes go to a journal instead of into a whole checkpoint each; 256 Ki when not said. */
  journalFrom?: number;
}

const JOURNAL_FROM = 256 * 1024;

/** A stack in a file backend on this machine. */
export class FileStackBackend implements StackBackend {
  readonly #options: BackendOptions;
  readonly #layout: StackLayout;
  readonly #allowForeign: boolean;
  /** Undefined until the stack's salt is known: from its checkpoint, or made for its first one. */
  #codec: Promise<{ codec: CheckpointCodec; crypter: Crypter }> | undefined;
  #marked = true;
  #prepared: Promise<void> | undefined;
  readonly #saves = new SaveQueue((snapshot) => this.#write(snapshot));
  #journal: Journal | undefined;
  /** The newest state that was saved, while it is partly in the journal. */
  #journaled: Snapshot | undefined;

  constructor(options: BackendOptions) {
    this.#options = options;
    this.#layout = stackLayout(options.backendDir, options.project, options.stack);
    this.#allowForeign = options.allowForeign ?? false;
  }

  async exists(): Promise<boolean> {
    return existsSync(this.#layout.checkpointFile);
  }

  async load(): Promise<Snapshot | undefined> {
    const file = await this.#read();
    if (file === undefined) return undefined;
    const { latest } = file.checkpoint;
    if (latest === undefined) return { resources: [], pendingOperations: [] };
    const { codec } = await this.#secrets(file);
    let snapshot: Snapshot;
    try {
      snapshot = codec.decode(latest);
    } catch (error) {
      if (error instanceof ResourceError) throw damaged(this.#layout, error.message);
      throw error;
    }
    const problem = integrityProblem(snapshot);
    if (problem !== undefined) throw damaged(this.#layout, problem);
    return snapshot;
  }

  save(snapshot: Snapshot): Promise<void> {
    return this.#saves.save(snapshot);
  }

  async lock(): Promise<{ release(): Promise<void> }> {
    await this.#prepare();
    const lock = await acquireLock(this.#layout);
    try {
      await removeLeftovers(this.#layout.checkpointFile);
      await this.#takeOverJournal();
    } catch (error) {
      await lock.release();
      throw error;
    }
    // whoever locks will save: the first key of a new stack is derived while the program starts
    if (!(await this.exists())) void this.#secrets(undefined);
    return {
      release: async () => {
        try {
          await this.#compact();
        } finally {
          await lock.release();
        }
      },
    };
  }

  lockOwners(): Promise<LockOwner[]> {
    return readLocks(this.#layout);
  }

  cancel(): Promise<LockOwner[]> {
    return removeLocks(this.#layout);
  }

  history(): Promise<HistoryEntry[]> {
    return readHistory(this.#layout);
  }

  async appendHistory(entry: NewHistoryEntry): Promise<void> {
    const { crypter } = await this.#secrets(await this.#readUnlessOpen());
    await this.#compact();
    await writeHistory(this.#layout, entry, crypter);
  }

  async export(): Promise<Record<string, unknown>> {
    const file = await this.#read();
    if (file === undefined)
      throw new NoStateError(
        `Stack ${this.#layout.stack} has no state in ${this.#layout.root}. Make it with \`${called()} up ${this.#layout.stack} --local\`.`,
      );
    const deployment = file.checkpoint.latest ?? { manifest: { time: "0001-01-01T00:00:00Z", magic: "", version: "" }, metadata: {} };
    return { version: file.version, deployment };
  }

  async exportOpened(): Promise<Record<string, unknown>> {
    const exported = await this.export();
    if (!holdsCiphertext(exported)) return exported;
    const { crypter } = await this.#secrets(await this.#read());
    return opened(exported, (ciphertext) => crypter.decrypt(ciphertext)) as Record<string, unknown>;
  }

  async outputsOf(stackName: string): Promise<PropertyMap | undefined> {
    const { project, stack } = parseStackName(stackName, this.#layout.project);
    return new FileStackBackend({ ...this.#options, project, stack }).#outputs();
  }

  async #outputs(): Promise<PropertyMap | undefined> {
    const file = await this.#read();
    if (file === undefined) return undefined;
    const root = (file.checkpoint.latest?.resources ?? []).find(isRootStack);
    if (root?.outputs === undefined) return {};
    // deriving the key takes a while: only when there is something to decrypt
    const { crypter } = holdsCiphertext(root.outputs) ? await this.#secrets(file) : { crypter: NO_SECRETS };
    try {
      return new CheckpointCodec(crypter).decode({ ...file.checkpoint.latest!, resources: [root], pending_operations: [] }).resources[0]!
        .outputs;
    } catch (error) {
      if (error instanceof ResourceError) throw damaged(this.#layout, error.message);
      throw error;
    }
  }

  #prepare(): Promise<void> {
    this.#prepared ??= prepareBackend(this.#layout).catch((error) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async #read(): Promise<Checkpoint | undefined> {
    const file = await readCheckpoint(this.#layout, { allowForeign: this.#allowForeign });
    if (file !== undefined) this.#marked = file.liftlock?.world === "local";
    return file;
  }

  #readUnlessOpen(): Promise<Checkpoint | undefined> {
    return this.#codec === undefined ? this.#read() : Promise.resolve(undefined);
  }

  #secrets(file: Checkpoint | undefined): Promise<{ codec: CheckpointCodec; crypter: Crypter }> {
    this.#codec ??= this.#open(file?.checkpoint.latest?.secrets_providers?.state?.salt);
    return this.#codec;
  }

  async #open(salt: string | undefined): Promise<{ codec: CheckpointCodec; crypter: Crypter }> {
    try {
      const crypter = await passphraseCrypter(salt, this.#options.passphrase);
      return { codec: new CheckpointCodec(crypter), crypter };
    } catch (error) {
      const { stack, checkpointFile } = this.#layout;
      if (error instanceof WrongPassphrase) {
        throw new UserError(
          `The passphrase does not open the state of stack ${stack}.\n  ${checkpointFile}\nUse the passphrase that it was made with.`,
        );
      }
      throw damaged(this.#layout, (error as Error).message);
    }
  }

  async #write(snapshot: Snapshot): Promise<void> {
    // never over a state that another engine made, also when nobody loaded it first
    const { codec } = await this.#secrets(await this.#readUnlessOpen());
    const parts = codec.parts(snapshot);
    const size = sum(parts.resources) + sum(parts.pending);
    const large = this.#marked && size >= (this.#options.journalFrom ?? JOURNAL_FROM);
    // a journal as long as the state itself makes way for a new checkpoint, so that what is written stays in proportion to what changed
    if (large && this.#journal !== undefined && this.#journal.bytes <= size && (await this.#append(this.#journal, parts))) {
      this.#journaled = snapshot;
      return;
    }
    await this.#writeWhole(codec, snapshot, parts, large ? randomUUID() : undefined);
  }

  /** False when nothing can be appended (a full disk): a whole checkpoint is tried then. */
  async #append(journal: Journal, parts: Parts): Promise<boolean> {
    try {
      await journal.append(parts);
      return true;
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).code) throw error;
      return false;
    }
  }

  async #writeWhole(codec: CheckpointCodec, snapshot: Snapshot, parts: Parts, journal: string | undefined): Promise<void> {
    const { checkpointFile, backupFile, journalFile, qualifiedName, stack } = this.#layout;
    const text = codec.text(parts, { qualifiedName, engineVersion: ENGINE_VERSION, marked: this.#marked, journal });
    try {
      await this.#prepare();
      if (this.#marked) await tagStack(this.#layout);
      await writeAtomic(checkpointFile, text, { beforeRename: () => keepBackup(checkpointFile, backupFile) });
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).code) throw error;
      throw new UserError(
        `The state of stack ${stack} could not be written: ${(error as Error).message}\n  ${checkpointFile}\nIt still holds what was written last.`,
      );
    }
    await this.#journal?.remove();
    this.#journal = journal === undefined ? undefined : new Journal(journalFile, journal, parts);
    this.#journaled = journal === undefined ? undefined : snapshot;
    const problem = integrityProblem(snapshot);
    // written all the same, as Pulumi does: it may be the only record of what now exists
    if (problem !== undefined) throw damaged(this.#layout, problem);
  }

  /** Everything that was saved in one whole checkpoint of the plain format. */
  async #compact(): Promise<void> {
    const snapshot = this.#journaled;
    if (snapshot === undefined) return;
    const { codec } = await this.#secrets(undefined);
    await this.#writeWhole(codec, snapshot, codec.parts(snapshot), undefined);
  }

  /** For the holder of the lock: what a run that died left in a journal becomes a whole checkpoint. */
  async #takeOverJournal(): Promise<void> {
    if (await isJournaled(this.#layout.checkpointFile)) {
      this.#journaled = await this.load();
      await this.#compact();
    }
    await rm(this.#layout.journalFile, { force: true });
  }
}

const sum = (texts: readonly string[]): number => texts.reduce((total, text) => total + text.length, 0);

const NO_SECRETS: Crypter = {
  salt: "",
  encrypt: () => {
    throw new Error("no key");
  },
  decrypt: () => {
    throw new Error("no key");
  },
};

const isRootStack = (resource: unknown): resource is { outputs?: unknown } => {
  const { type, parent } = resource as { type?: unknown; parent?: unknown };
  return type === "pulumi:pulumi:Stack" && !parent;
};
