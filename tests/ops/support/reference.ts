import { readFileSync } from "node:fs";
import type { EngineEvent, RunResult } from "../../../ops/engine.ts";
import type { Digest } from "../../../ops/report/digest.ts";

const read = (name: string): string => readFileSync(new URL(`../reference/${name}`, import.meta.url), "utf8");

export const recordedPreview = (name: string): Digest => JSON.parse(read(`${name}.json`)) as Digest;

export const recordedEvents = (name: string): EngineEvent[] =>
  read(`${name}.up.jsonl`)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as EngineEvent);

/** A recorded preview as an engine would return it. */
export function resultOf(digest: Digest, more: Partial<RunResult> = {}): RunResult {
  return {
    result: "succeeded",
    steps: digest.steps,
    changeSummary: digest.changeSummary,
    outputs: {},
    durationSeconds: digest.duration / 1e9,
    diagnostics: [],
    timings: {},
    ...more,
  };
}
