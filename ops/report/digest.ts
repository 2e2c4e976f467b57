import type { RunResult } from "../engine.ts";

/** As `pulumi preview --json` prints it. */
export interface Digest {
  readonly config: Record<string, string>;
  readonly steps: RunResult["steps"];
  readonly diagnostics: { urn?: string; message: string; severity: string }[];
  /** Nanoseconds. */
  readonly duration: number;
  readonly changeSummary: RunResult["changeSummary"];
}

export const digestOf = (result: RunResult, config: Record<string, string>): Digest => ({
  config,
  steps: result.steps,
  diagnostics: result.diagnostics.map(({ urn, message, severity }) => ({ ...(urn === undefined ? {} : { urn }), message, severity })),
  duration: Math.round(result.durationSeconds * 1e9),
  changeSummary: result.changeSummary,
});
