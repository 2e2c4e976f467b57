import type { ChildProcess } from "node:child_process";
import { controllers } from "./components.ts";
import type { ProgramName } from "./layout.ts";

/** A controller ends itself a few times at most before there is a reason that stays. */
const again = 3;

export const hasEnded = (child: ChildProcess | undefined): boolean =>
  child !== undefined && (child.pid === undefined || child.exitCode !== null || child.signalCode !== null);

/**
 * A controller ends itself when the API server refuses it something: one that ran on while the API server was started again may see a moment in which its
 * roles are not known yet. Such a one is started again, a few times; an API server or etcd that ends has a reason that stays.
 *
 * What this start has begun runs until it has ended, whatever the process table says: a program that was begun just now may not bear its name there yet
 * (seen in one of 400 looks on a busy machine), and a second one beside it would do everything twice.
 * @param missing  what the process table does not have
 */
export function keeper(
  missing: () => ProgramName[],
  begin: (name: ProgramName) => ChildProcess,
  begun: ReadonlyMap<ProgramName, ChildProcess>,
  failure: (name: ProgramName) => Error,
): () => void {
  let left = again;
  return () => {
    for (const name of missing()) {
      const child = begun.get(name);
      if (child !== undefined && !hasEnded(child)) continue;
      if (!controllers.includes(name) || left-- === 0) throw failure(name);
      begin(name);
    }
  };
}
