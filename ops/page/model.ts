import type { Status } from "../gates/status.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { Metrics } from "../metrics/measure.ts";
import type { Week } from "./weeks.ts";

/** Two environments beside each other. */
export interface Compared {
  readonly a: string;
  readonly b: string;
  readonly expected: number;
  readonly unexpected: number;
  readonly missing: number;
  /** What is not expected, in words. */
  readonly findings: readonly string[];
}

/** What was found the last time somebody looked for changes made by hand. */
export interface LastDrift {
  readonly at: string;
  readonly findings: number;
  readonly fixed?: number | undefined;
}

/** Everything the page shows. */
export interface Page {
  readonly project: string;
  readonly madeAt: Date;
  readonly version: string;
  /** Environments in the order of the promotion path. */
  readonly pipeline: readonly (Status & { readonly drift?: LastDrift | undefined; readonly address?: string | undefined })[];
  readonly metrics: readonly (Metrics & { readonly weeks: readonly Week[] })[];
  /** undefined: the environments could not be compared, and why. */
  readonly compared: readonly Compared[] | { readonly because: string };
  /** Oldest first. */
  readonly events: readonly LedgerEvent[];
  /** What the ledger itself has to say of its state. */
  readonly findings: readonly string[];
}
