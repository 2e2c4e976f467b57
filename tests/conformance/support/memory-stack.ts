import path from "node:path";
import { CheckpointCodec } from "../../../local/engine/backend/checkpoint.ts";
import { integrityProblem } from "../../../local/engine/backend/integrity.ts";
import type { hostProgram } from "../../../local/engine/host/hosted-program.ts";
import type { Project } from "../../../local/engine/project.ts";
import type { ProviderFactory } from "../../../local/engine/provider.ts";
import type { ProgramHandler } from "../../../local/engine/registration.ts";
import { type RunKind, runOn } from "../../../local/engine/run/run.ts";
import type { ResourceState, Snapshot, StackBackend } from "../../../local/engine/state.ts";
import type { RunOptions, RunResult } from "../../../ops/engine.ts";

/** A program as a function: registers what it declares; a call that is never answered ends it with the run. */
export type Program = (engine: ProgramHandler) => Promise<void>;

const project = {
  name: "p",
  dir: path.resolve(import.meta.dirname, "../../engine/reference/program"),
  runtime: { name: "nodejs", options: {} },
} as unknown as Project;
const codec = () =>
  new CheckpointCodec({
    salt: "salt",
    encrypt: (text) => Buffer.from(text).toString("base64"),
    decrypt: (text) => Buffer.from(text, "base64").toString(),
  });

/** Thrown out of a run whose process "died": what it held in memory is gone. */
export class Died extends Error {}

/** When the process dies at a write of the state: at the n-th (from 1) of a run, and whether that one is still written. */
export interface DeathAtWrite {
  write: number;
  written: boolean;
}

/** A stack whose checkpoint is a text in memory, written and read by the real codec; every write is checked for integrity. */
export class MemoryStack {
  text: string | undefined;
  /** Called with each state that is written, and the one before. */
  onWrite: (before: Snapshot, after: Snapshot) => void = () => {};
  readonly #factory: ProviderFactory;

  constructor(factory: ProviderFactory) {
    this.#factory = factory;
  }

  load(): Snapshot {
    if (this.text === undefined) return { resources: [], pendingOperations: [] };
    return codec().decode(JSON.parse(this.text).checkpoint.latest);
  }
  /** As `pulumi state edit`. */
  edit(change: (resource: ResourceState) => void): void {
    const snapshot = this.load();
    for (const resource of [...snapshot.resources, ...snapshot.pendingOperations.map((operation) => operation.resource)]) change(resource);
    this.#write(snapshot);
  }

  #write(snapshot: Snapshot): void {
    const problem = integrityProblem(snapshot);
    if (problem !== undefined) throw new Error(`the state would be written damaged: ${problem}`);
    const before = this.load();
    this.text = codec().encode(snapshot, { qualifiedName: "organization/p/dev", engineVersion: "test", marked: true });
    this.onWrite(before, snapshot);
  }

  /** `death` rejects when the process dies elsewhere. */
  async run(
    kind: RunKind,
    program: Program,
    { death, atWrite, ...run }: RunOptions & { death?: Promise<never>; atWrite?: DeathAtWrite } = {},
  ): Promise<RunResult> {
    const { promise: died, reject: die } = Promise.withResolvers<never>();
    let dead = false;
    let writes = 0;
    const kill = (error: unknown) => {
      dead = true;
      die(error);
    };
    death?.catch(kill);
    const save = async (snapshot: Snapshot): Promise<void> => {
      if (dead) return new Promise(() => {});
      const last = atWrite !== undefined && ++writes === atWrite.write;
      if (!last || atWrite.written) this.#write(snapshot);
      if (!last) return;
      kill(new Died());
      return new Promise(() => {});
    };
    const backend = { save, appendHistory: async () => {} } as unknown as StackBackend;
    const options = { project, stack: "dev", config: {}, providers: [this.#factory], backend, snapshot: this.load(), preview: false, run };
    return Promise.race([died, runOn(kind, { ...options, host: hosted(program) }, 4)]);
  }
}

const hosted =
  (program: Program): typeof hostProgram =>
  async ({ handler }) => {
    const ended = program(handler).then(
      () => ({ failed: false }),
      (error: unknown) => {
        handler.log({ severity: "error", message: String(error), ephemeral: false });
        return { failed: true };
      },
    );
    return { ended, declared: ended, release: () => {}, stop: async () => {} };
  };
