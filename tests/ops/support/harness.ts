import picocolors from "picocolors";
import type { Declarations } from "../../../ops/difference/declared.ts";
import type { Engine, EngineEvent, RunOptions, RunResult } from "../../../ops/engine.ts";
import type { Ledger } from "../../../ops/ledger/event.ts";
import { main } from "../../../ops/main.ts";
import type { Manifest } from "../../../ops/report/manifests.ts";
import type { EngineRequest, Selector } from "../../../ops/selector.ts";
import type { Io } from "../../../ops/terminal/io.ts";
import { recordedPreview, resultOf } from "./reference.ts";

export interface World {
  readonly stacks?: readonly string[];
  /** The program's folder, for what reads or writes stack files. */
  readonly dir?: string;
  readonly platforms?: readonly string[];
  readonly engine?: Partial<Engine> | ((stack: string) => Partial<Engine>);
  readonly manifests?: Manifest[];
  readonly ledger?: Ledger;
  readonly declarations?: Declarations;
  /** Answers to questions, in order. Without any, nobody can be asked. */
  readonly answers?: readonly string[];
  /** Called while a question is open. */
  readonly onQuestion?: () => void;
  readonly env?: Record<string, string>;
  /** Called once with a function that presses Ctrl-C. */
  readonly onStart?: (interrupt: () => void) => void;
}
export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly requests: EngineRequest[];
  readonly questions: string[];
  readonly killed: number | undefined;
}

/** Takes entries and keeps none. */
const emptyLedger: Ledger = {
  read: async () => ({ events: [], findings: [] }),
  append: async () => ({ events: [], unsynced: 0 }),
  sync: async () => ({ sent: 0, received: 0, offline: false }),
};

class Killed extends Error {}

/** Runs a command line against an engine of the test's own. */
export async function liftlock(args: string, world: World = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const questions: string[] = [];
  const requests: EngineRequest[] = [];
  const answers = [...(world.answers ?? [])];
  const handlers = new Set<(signal: NodeJS.Signals) => void>();
  let killed: number | undefined;
  const io: Io = {
    cwd: "/nowhere",
    env: world.env ?? {},
    colors: picocolors.createColors(false),
    interactive: world.answers !== undefined,
    screen: undefined,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    ask: async (question) => {
      questions.push(question);
      world.onQuestion?.();
      return answers.shift() ?? "";
    },
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    kill: (code) => {
      killed = code;
      throw new Killed();
    },
  };
  const selector: Selector = {
    project: async () => ({
      name: "ferry",
      dir: world.dir ?? "/nowhere",
      stacks: world.stacks ?? ["development", "staging", "production"],
      platforms: world.platforms ?? [],
    }),
    select: async (request) => {
      requests.push(request);
      const own = typeof world.engine === "function" ? world.engine(request.stack) : world.engine;
      return { engine: { ...fakeEngine(), ...own }, target: "a target" };
    },
    ledger: async () => world.ledger ?? emptyLedger,
    github: async () => undefined,
    declarations: async () => {
      if (world.declarations === undefined) throw new Error("no environments are compared here");
      return world.declarations;
    },
    pinFile: () => "/nowhere/preview.json",
    outboxFile: () => "/nowhere/outbox.json",
    render: async () => world.manifests ?? [],
  };
  world.onStart?.(() => {
    for (const handler of [...handlers]) {
      try {
        handler("SIGINT");
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
  });
  const exitCode = await main(args.split(" "), io, async () => selector);
  return { exitCode, out: out.join("\n"), err: err.join("\n"), requests, questions, killed };
}

/** An engine in which nothing changes. */
export function fakeEngine(): Engine {
  const nothing = resultOf(recordedPreview("step2"), { steps: [], changeSummary: { same: 9 } });
  const run = async (): Promise<RunResult> => nothing;
  return {
    name: "an engine of the test",
    preview: run,
    up: run,
    refresh: run,
    destroy: run,
    import: run,
    locks: async () => [],
    cancel: async () => [],
    outputs: async () => ({}),
    history: async () => [],
    export: async () => ({}),
    stacks: async () => [],
    config: async () => ({ "ferry:token": "[secret]" }),
  };
}

/** A run that replays events and ends with a result. */
export const replay =
  (events: readonly EngineEvent[], result: RunResult) =>
  async ({ onEvent }: RunOptions): Promise<RunResult> => {
    for (const event of events) onEvent?.(event);
    return result;
  };
