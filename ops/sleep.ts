import { setTimeout as wait } from "node:timers/promises";

/** Waits, or returns at once when the signal comes. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
