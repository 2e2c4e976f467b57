import { isRecord, type Json } from "../report/diff.ts";
import { sleep } from "../sleep.ts";
import { type ClusterApi, orNothing } from "./cluster-api.ts";

const POLL_MS = 250;
/** A pod's usual grace (core/v1: terminationGracePeriodSeconds, 30 s) and what its controllers and finalizers take after it. */
const GONE_WITHIN_MS = 60_000;

/**
 * Deletes one object, by its uid, and waits until it is gone: until then its name is taken, and a role binding still gives its rights.
 * Returns why it is still there; undefined when it is gone, or was already.
 */
export async function remove(
  api: ClusterApi,
  path: string,
  live: Json,
  signal: AbortSignal,
  within = GONE_WITHIN_MS,
): Promise<string | undefined> {
  const { uid } = live.metadata as Json;
  const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background", preconditions: { uid } };
  await orNothing(api.call({ method: "DELETE", path, body }));
  const deadline = Date.now() + within;
  for (;;) {
    const metadata = (await orNothing(api.call({ method: "GET", path })))?.metadata;
    if (!isRecord(metadata) || metadata.uid !== uid) return undefined;
    if (signal.aborted || Date.now() >= deadline) return `it is being deleted since ${metadata.deletionTimestamp}${heldBy(metadata)}`;
    await sleep(POLL_MS, signal);
  }
}

const heldBy = ({ finalizers }: Json): string =>
  Array.isArray(finalizers) && finalizers.length > 0 ? `; finalizers keep it: ${finalizers.join(", ")}` : "";
