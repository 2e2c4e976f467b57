import type { Verdict } from "./gates/gate.ts";
import type { Release } from "./promotion/configuration.ts";
import type { Selector } from "./selector.ts";
import type { Io } from "./terminal/io.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly local?: boolean;
  readonly stackDir?: string;
  readonly context?: string;
  readonly confirmContext?: string;
  /** The Pulumi CLI, without --local. */
  readonly pulumi?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** What the gates before a stack said of a release. */
export interface GateAnswer {
  readonly stack: string;
  readonly release: Release;
  readonly verdicts: readonly Verdict[];
}

/** A deployment that has begun to change something, as the ledger's entry will have it when it has ended. */
export interface Beginning {
  readonly stack: string;
  readonly release: Release;
  /** UTC, ISO 8601 with milliseconds. */
  readonly startedAt: string;
}

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly options: GlobalOptions;
  readonly selector: Selector;
  /** How the user calls us: `./liftlock`, `../../liftlock`. */
  readonly command: string;
  /** Hears what gates said when a run asked them. */
  readonly heard?: (answer: GateAnswer) => void;
  /** Hears that a deployment has begun, once, in the midst of it: whatever it does must keep nothing waiting. */
  readonly begins?: (beginning: Beginning) => void;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** For people: standard output, or standard error when standard output belongs to a program. */
  say(line: string): void;
}

/** Exit codes: docs/reference/exit-codes. */
export const EXIT = { done: 0, failed: 1, usage: 2, differences: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
