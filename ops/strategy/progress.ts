import type { Op, RunResult } from "../engine.ts";
import type { Followed } from "../follow.ts";
import { Inventory } from "../report/inventory.ts";
import type { Watched } from "../rollback/fail-fast.ts";

/** What a rollback needs to know of several updates that are one run. */
export type Progress = Pick<Watched["watch"], "firstReport" | "migrated" | "touched">;

type Ended = { run: Followed; watch: Progress };

/** Adds up the updates of one run: it changed what any of them changed, and ended as the last one did. */
export function joined() {
  const all: Watched[] = [];
  const whole = (last: RunResult, inventory: Inventory): Ended => ({
    run: {
      inventory,
      result: {
        ...last,
        changeSummary: summed([...all.map(({ run }) => run.result).filter((result) => result !== last), last]),
        durationSeconds: all.reduce((sum, { run }) => sum + run.result.durationSeconds, 0),
        diagnostics: [
          ...all.flatMap(({ run }) => (run.result === last ? [] : run.result.diagnostics.filter(({ severity }) => severity === "warning"))),
          ...last.diagnostics,
        ],
      },
    },
    watch: {
      firstReport: all.findLast(({ watch }) => watch.firstReport !== undefined)?.watch.firstReport,
      migrated: all.some(({ watch }) => watch.migrated),
      touched: all.some(({ watch }) => watch.touched),
    },
  });
  return {
    add(watched: Watched): void {
      all.push(watched);
    },
    get run(): Followed {
      return all.at(-1)!.run;
    },
    end: (): Ended => whole(all.at(-1)!.run.result, all.at(-1)!.run.inventory),
    /** Ended by something that was no update. */
    endWith: (result: Partial<RunResult> & Pick<RunResult, "result">): Ended => {
      const last = all.at(-1)?.run;
      return whole(
        { ...nothing, ...(last === undefined ? {} : { outputs: last.result.outputs }), ...result },
        last?.inventory ?? new Inventory(),
      );
    },
  };
}

const nothing: Omit<RunResult, "result"> = { steps: [], changeSummary: {}, outputs: {}, durationSeconds: 0, diagnostics: [], timings: {} };

export const stopped = () => ({ result: "cancelled" }) as const;
export const failing = (message: string) =>
  ({ result: "failed", diagnostics: [{ severity: "error", message }] }) as const satisfies Partial<RunResult>;

/** What stays the same is counted once, by the last update that counted. */
function summed(results: readonly RunResult[]): Partial<Record<Op, number>> {
  const sum: Partial<Record<Op, number>> = {};
  for (const { changeSummary } of results)
    for (const [op, count] of Object.entries(changeSummary) as [Op, number][]) sum[op] = op === "same" ? count : (sum[op] ?? 0) + count;
  return sum;
}
