import pLimit from "p-limit";
import { hostProgram } from "../host/hosted-program.ts";
import { programFile } from "../project.ts";
import { Deployment } from "./deployment.ts";
import { refreshOne } from "./refresh.ts";
import type { Session } from "./session.ts";
import { settleInterrupted } from "./settle-interrupted.ts";

/**
 * Runs the program and brings the stack to what it declares; a preview goes through the same motions and changes nothing. Gives the
 * URNs that the program declared, in its order, or undefined when something failed.
 */
export async function update(session: Session, parallel: number): Promise<ReadonlySet<string> | undefined> {
  const { context, project, stack, config, preview, run } = session;
  // The program starts while the old state is read again.
  const ready = (preview ? Promise.resolve() : settleInterrupted(context)).then(() =>
    run.refresh ? refreshAll(session, parallel, false) : undefined,
  );
  ready.catch(() => {});
  const deployment = new Deployment({ context, config, parallel, ready });
  const program = await (session.host ?? hostProgram)({
    projectDir: project.dir,
    file: programFile(project),
    project: project.name,
    stack,
    config,
    preview,
    parallel,
    handler: deployment,
  });
  try {
    const [, failed] = await Promise.all([
      ready,
      Promise.race([deployment.failed.then(() => true), program.declared.then((end) => end.failed)]),
    ]);
    await deployment.idle();
    if (failed || context.signal.aborted) return undefined;
    await deployment.finish();
    program.release();
    if ((await program.ended).failed) return undefined;
    return deployment.declared;
  } finally {
    deployment.stop();
    await program.stop();
    await deployment.idle();
  }
}

/** Reads everything in the state again, side by side. */
export async function refreshAll(session: Session, parallel: number, ownRun: boolean): Promise<void> {
  const { context, store } = session;
  const limit = pLimit(parallel);
  const { targets } = context;
  const states = store.base.filter((state) => targets === undefined || targets.has(state.urn));
  const outcomes = await Promise.allSettled(states.map((state) => limit(() => refreshOne(context, state, ownRun))));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}
