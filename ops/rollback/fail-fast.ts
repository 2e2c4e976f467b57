import type { Context } from "../context.ts";
import type { EngineEvent, RunOptions, RunResult } from "../engine.ts";
import { type Followed, follow } from "../follow.ts";
import { isChange } from "../report/changes.ts";
import { RunWatch } from "./run-watch.ts";

export interface Watched {
  readonly run: Followed;
  readonly watch: RunWatch;
}

/**
 * Follows a run to its end. With `early`, that is the first failure for good: the rollouts beside it are stopped rather than waited for,
 * because they go back anyway, and every second of them is one in which the bad release goes on.
 */
export async function followed(
  context: Context,
  what: string,
  early: boolean,
  run: (options: RunOptions) => Promise<RunResult>,
  onChange?: () => void,
): Promise<Watched> {
  const watch = new RunWatch();
  const stop = new AbortController();
  let blamed: ReadonlySet<string> | undefined;
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const done = await follow({ ...context, signal }, what, ({ onEvent, ...options }) => {
    const seen = (event: EngineEvent) => {
      watch.add(event);
      onEvent?.(event);
      const { planning, metadata } = event.resourcePreEvent ?? {};
      if (!planning && metadata !== undefined && isChange(metadata.op)) onChange?.();
      if (!early || blamed !== undefined || context.signal.aborted || !watch.mayStop) return;
      blamed = new Set(watch.failed);
      stop.abort();
    };
    return run({ ...options, onEvent: seen });
  });
  return { run: blamed === undefined || context.signal.aborted ? done : { ...done, result: blaming(done.result, blamed) }, watch };
}

/** It failed by what failed first: what was stopped because of that is no news. */
function blaming(result: RunResult, blamed: ReadonlySet<string>): RunResult {
  const diagnostics = result.diagnostics.filter(({ severity, urn }) => severity !== "error" || (urn !== undefined && blamed.has(urn)));
  return { ...result, result: "failed", diagnostics };
}
