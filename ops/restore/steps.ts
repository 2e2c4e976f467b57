import { setTimeout as pause } from "node:timers/promises";
import { type RestoreStage, restoreKey } from "../../components/restore.ts";
import type { Context } from "../context.ts";
import { follow } from "../follow.ts";
import { notThrough } from "../not-through.ts";
import { type Configuration, withValue } from "../promotion/configuration.ts";
import { statusLine } from "../terminal/status-line.ts";
import { UserError } from "../user-error.ts";
import type { Opened } from "./open.ts";

export type Stage = RestoreStage;

/** What ran last and got through is what is stopped and started again, whatever the files say meanwhile. */
export function liveConfiguration({ stack, before }: Opened): Configuration {
  const [live] = before.deployments;
  if (live === undefined) throw new UserError(`${stack} was never brought up: there is nothing to restore data to.`);
  return live.configuration;
}

/** One run of the engine, in a stage of the restore or, without one, as the environment is at rest. */
export async function runStage(context: Context, opened: Opened, text: string, stage: Stage | undefined): Promise<boolean> {
  const { project, stack, chosen } = opened;
  const live = liveConfiguration(opened);
  const configuration = stage === undefined ? live : withValue(live, project.name, restoreKey, stage);
  const run = await follow(context, `${text} ${stack}`, (options) => chosen.engine.up({ ...options, message: text, configuration }));
  if (run.result.result === "succeeded") return true;
  notThrough(context, "restore", stack, run, chosen);
  return false;
}

const EVERY_MS = 300;
/** Pods get their grace period, and nodes that are gone get Kubernetes' own. */
const PATIENCE_MS = 15 * 60_000;

/** Waits until no pod is left that could write. False: interrupted, or some would not go. */
export async function waitUntilStopped({ io, signal }: Context, { cluster }: Opened): Promise<boolean> {
  const status = await statusLine(io, "waiting for the last writer");
  const began = performance.now();
  try {
    while (!signal.aborted) {
      const left = await cluster.writers();
      if (left.length === 0) return true;
      if (performance.now() - began > PATIENCE_MS) {
        io.err(`These pods do not end, and may still write: ${left.join(", ")}`);
        return false;
      }
      status.now(`waiting for the last writers to end: ${left.join(", ")}`);
      await pause(EVERY_MS, undefined, { signal }).catch(() => {});
    }
    return false;
  } finally {
    status.stop();
  }
}
