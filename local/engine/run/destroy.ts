import pLimit from "p-limit";
import { deleteSteps, refuseHooked, refuseProtected, runDeletes } from "./deletes.ts";
import { Executor } from "./executor.ts";
import type { Session } from "./session.ts";

/** Takes away everything the state holds, after refusing up front when some of it is protected. */
export async function destroy({ context, store, reporter }: Session, parallel: number): Promise<boolean> {
  const steps = deleteSteps(context);
  refuseProtected(steps);
  refuseHooked(steps);
  const executor = new Executor(context);
  executor.announce(steps);
  const limit = pLimit(parallel);
  await runDeletes(steps, store.base, (step) => limit(() => executor.run(step)));
  for (const { type, resource } of store.pending) {
    reporter.diagnostic(
      "warning",
      `${resource.urn}: an earlier run was interrupted while ${type} it: the object may exist. Look for it, and delete it by hand.`,
      {
        urn: resource.urn,
      },
    );
  }
  return true;
}
