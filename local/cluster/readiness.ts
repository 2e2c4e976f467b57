import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { called, UserError } from "../../ops/user-error.ts";
import { serverUrl } from "./components.ts";
import { hasEnded } from "./keeper.ts";
import type { Layout, ProgramName } from "./layout.ts";
import { accepts, apiServerReady } from "./probe.ts";
import type { ControlPlaneRecord } from "./record.ts";
import { findComponents, lastWords } from "./supervisor.ts";

const startTimeoutMilliseconds = 120_000;
const answerMilliseconds = 5_000;

/** Waits for the API server. False when `child` (or, without one, the process that runs it) ended, or when the time is up. */
export async function untilReady(
  layout: Layout,
  record: ControlPlaneRecord,
  child: ChildProcess | undefined,
  signal: AbortSignal | undefined,
  timeoutMilliseconds = startTimeoutMilliseconds,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMilliseconds;
  while (!(await apiServerReady(layout, serverUrl(record), answerMilliseconds))) {
    if (Date.now() > deadline || hasEnded(child)) return false;
    if (!child && !findComponents(layout).has("kube-apiserver")) return false;
    await delay(50, undefined, { signal });
  }
  return true;
}

/** Waits until `child`, an etcd, accepts connections. */
export async function untilAccepting(layout: Layout, port: number, child: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + startTimeoutMilliseconds;
  while (!(await accepts(port))) {
    if (Date.now() > deadline || hasEnded(child)) throw didNotStart(layout, "etcd");
    await delay(20, undefined, { signal });
  }
}

export function didNotStart(layout: Layout, name: ProgramName): UserError {
  return new UserError(
    `The local control plane did not start: ${name} ended or did not answer.\n${lastWords(layout, name)}\nThe whole log: ${layout.log(name)}\n` +
      `Run \`${called()} local start\` again; if it stays so, \`${called()} local reset\` starts from nothing (what is deployed in the local world is lost).`,
  );
}
