import type { Verdict } from "../../policy/evaluate.ts";
import type { RunResult } from "../engine.ts";
import { holdToPolicy } from "../policy/hold.ts";
import { configurationOf } from "../promotion/configuration.ts";
import { type Description, describe } from "../report/describe.ts";
import { hasChanges } from "../report/headline.ts";
import type { Seen } from "../report/inventory.ts";
import type { UserError } from "../user-error.ts";

/** One environment's preview, with everything that a report of it says. */
export interface Previewed {
  readonly stack: string;
  readonly result: RunResult;
  readonly seen: readonly Seen[];
  readonly config: Record<string, string>;
  readonly policy: Verdict;
  readonly description: Description;
  readonly notes: readonly Note[];
}

/** A difference that the resources do not show. */
export interface Note {
  readonly text: string;
  /** The same for the summary. */
  readonly brief: string;
}

/** An environment that could not be previewed, and why. */
export interface Fault {
  readonly stack: string;
  readonly reason: UserError;
}

interface Parts {
  readonly stack: string;
  readonly project: string;
  readonly result: RunResult;
  readonly seen: readonly Seen[];
  readonly config: Record<string, string>;
  readonly notes?: readonly Note[];
}

export function previewed({ stack, project, result, seen, config, notes = [] }: Parts): Previewed {
  const description = describe(result.steps, result.changeSummary, seen);
  const policy = holdToPolicy(seen, configurationOf(config), project, new Date());
  return { stack, result, seen, config, policy, description, notes };
}

export const succeeded = ({ result }: Previewed): boolean => result.result === "succeeded";

export const changes = ({ result, notes }: Previewed): boolean => hasChanges(result.changeSummary) || notes.length > 0;

/** `1 replaced, 1 updated, 9 unchanged; 1 secret changed`. */
export function headlineOf({ description, notes, result }: Previewed): string {
  if (result.result !== "succeeded") return result.result;
  const briefs = notes.map(({ brief }) => brief);
  const isEmpty = Object.keys(result.changeSummary).length === 0 && notes.length > 0;
  return [...(isEmpty ? [] : [description.headline]), ...briefs].join("; ");
}

/** A Job is replaced to run once more: nothing is lost. */
const RUNS_AGAIN = /^Job .* runs again/;

/** Lines that a reviewer must not miss: what is lost, interrupted, deleted or replaced. */
export const warningsOf = ({ description }: Previewed): readonly string[] =>
  description.lines
    .filter(({ danger, mark, text }) => (danger || mark === "-" || mark === "+-" || mark === "!") && !RUNS_AGAIN.test(text))
    .map(({ text }) => text);
