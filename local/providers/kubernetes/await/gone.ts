import { setTimeout as sleep } from "node:timers/promises";
import { uidOf } from "../../../../readiness/object.ts";
import { isMap, type PropertyMap } from "../../../engine/values.ts";
import { metadataOf } from "../annotations.ts";
import type { Client, Place } from "../api/client.ts";
import { Observer } from "../api/observer.ts";

const POLL_MS = 500;

export interface GoneOptions {
  client: Client;
  place: Place;
  /** The object that was asked to go; another one of its name does not count. */
  uid: string;
  timeoutSeconds: number;
  signal: AbortSignal;
}

/** Waits until the object is gone. Returns why it is still there; undefined when it is not. */
export async function awaitGone({ client, place, uid, timeoutSeconds, signal }: GoneOptions): Promise<string | undefined> {
  const stop = new AbortController();
  let wake = (): void => {};
  const observer = new Observer(client, {
    resource: place.resource,
    namespace: place.namespace,
    fieldSelector: `metadata.name=${place.name}`,
    signal: AbortSignal.any([signal, stop.signal]),
    onChange: () => wake(),
  });
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort);
  const deadline = Date.now() + timeoutSeconds * 1000;
  try {
    for (;;) {
      const live = observer.objects[0];
      if (observer.denied) return await pollUntilGone(client, place, uid, deadline, signal);
      if (observer.synced && (live === undefined || uidOf(live) !== uid)) return undefined;
      if (signal.aborted) return "cancelled while waiting until it is gone";
      if (Date.now() >= deadline) return `still there after ${timeoutSeconds} s${live === undefined ? "" : holdUps(live)}`;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, deadline - Date.now()));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    observer.stop();
    stop.abort();
    signal.removeEventListener("abort", onAbort);
  }
}

/** For credentials that may get the object, but not list and watch. */
async function pollUntilGone(
  client: Client,
  place: Place,
  uid: string,
  deadline: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    const live = await client.get(place, signal);
    if (live === undefined || uidOf(live) !== uid) return undefined;
    if (Date.now() >= deadline) return `still there${holdUps(live)}`;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** What an object that is being deleted waits for. */
function holdUps(live: PropertyMap): string {
  const { finalizers } = metadataOf(live);
  const held = Array.isArray(finalizers) && finalizers.length > 0 ? `: held by the finalizers ${finalizers.join(", ")}` : "";
  const conditions = isMap(live.status) && Array.isArray(live.status.conditions) ? live.status.conditions.filter(isMap) : [];
  const told = conditions
    .filter(({ status, message }) => status === "True" && message !== undefined)
    .map(({ type, message }) => `${String(type)}: ${String(message)}`);
  return told.length > 0 ? `${held}; ${told.join("; ")}` : held;
}
