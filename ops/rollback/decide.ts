import { type Deployed, type RollbackClass, rollbackClass } from "./class.ts";
import type { Deployment } from "./deployments.ts";

/** What is known when a run has failed. */
export interface FailedRun {
  readonly project: string;
  /** What the run was to bring; undefined when its settings could not even be read. */
  readonly candidate: Deployed | undefined;
  /** The last deployment that got through before this run. */
  readonly previous: Deployment | undefined;
  /** Was everything at rest before this run? */
  readonly settled: boolean;
  /** Did the run change anything? */
  readonly touched: boolean;
  /** Was this run itself going back? */
  readonly isRollback: boolean;
  /** Schema versions that had run before this run, oldest first. */
  readonly applied: readonly string[];
  /** Did the candidate's migration begin? */
  readonly migrated: boolean;
}

export type Decision =
  | { readonly action: "restore"; readonly to: Deployment; readonly class: RollbackClass }
  | { readonly action: "freeze"; readonly to: Deployment; readonly class: RollbackClass }
  | { readonly action: "leave"; readonly why: string };

/** Restore by itself, freeze, or leave it to a person? Never a rollback of a rollback, and only from a settled state. */
export function decide(run: FailedRun): Decision {
  const leave = (why: string): Decision => ({ action: "leave", why });
  if (!run.touched) return leave("nothing was changed, so there is nothing to put back");
  if (run.isRollback) return leave("this run was itself going back: a rollback is never rolled back by itself");
  if (run.candidate === undefined) return leave("the release of this run is not known");
  if (run.previous === undefined) return leave("nothing was deployed here before that could be put back");
  if (!run.settled)
    return leave("the run before this one did not get through either, so there is no settled state to go back to by itself");
  const coupled = rollbackClass(run.project, run.candidate, run.previous, run.applied, run.migrated);
  return { action: coupled.class === "schema-coupled" ? "freeze" : "restore", to: run.previous, class: coupled };
}
