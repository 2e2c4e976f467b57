import { setTimeout as pause } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import type { Context } from "../context.ts";
import { duration } from "../report/text.ts";
import { statusLine } from "../terminal/status-line.ts";
import type { BackupCluster } from "./cluster.ts";
import { conditionOf, messageOf } from "./report.ts";

export interface Ran {
  readonly outcome: "succeeded" | "failed" | "interrupted";
  readonly job: string;
  readonly pods: readonly V1Pod[];
  /** Why it failed: the script's last words, or the cluster's. */
  readonly why?: string;
}

const EVERY_MS = 500;
/** Reasons for which a container never starts, however long one waits. */
const HOPELESS = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

/** Runs one of the environment's Jobs and waits for its end. One that cannot start, or is interrupted, is taken away. */
export async function runJob(
  { io, signal }: Context,
  cluster: BackupCluster,
  what: { cronJob: string; env?: Readonly<Record<string, string>>; text: string },
): Promise<Ran> {
  const name = await cluster.start(what.cronJob, Date.now().toString(36), what.env ?? {});
  const began = performance.now();
  const status = await statusLine(io, what.text);
  try {
    while (true) {
      const [job, pods] = await Promise.all([cluster.job(name), cluster.podsOf(name)]);
      const ended = conditionOf(job);
      if (ended === "Complete") return { outcome: "succeeded", job: name, pods };
      if (ended === "Failed")
        return { outcome: "failed", job: name, pods, why: whyOf(pods) ?? job.status?.conditions?.at(-1)?.message ?? "it failed" };
      const stuck = waitingOf(pods);
      if (stuck !== undefined && HOPELESS.test(stuck)) {
        await cluster.remove(name);
        return { outcome: "failed", job: name, pods, why: `its container cannot start: ${stuck}` };
      }
      if (signal.aborted) {
        await cluster.remove(name);
        return { outcome: "interrupted", job: name, pods };
      }
      status.now(`${what.text} (${duration((performance.now() - began) / 1000)})${stuck === undefined ? "" : `: ${stuck}`}`);
      await pause(EVERY_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    status.stop();
  }
}

const whyOf = (pods: readonly V1Pod[]): string | undefined => messageOf(pods)?.split("\n").at(-1);
const waitingOf = (pods: readonly V1Pod[]): string | undefined =>
  pods.flatMap(({ status }) => (status?.containerStatuses ?? []).flatMap(({ state }) => state?.waiting?.reason ?? [])).at(-1);
