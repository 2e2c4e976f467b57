import { setTimeout as sleep } from "node:timers/promises";
import pRetry, { type Options } from "p-retry";
import { ApiError } from "./errors.ts";

/** The longest pause that a server's Retry-After may ask for. */
const LONGEST_MS = 30_000;

/** A busy server says when to come back; the pause between attempts comes on top, so that not all come back at once. */
async function asTold(error: unknown, signal: AbortSignal | null | undefined): Promise<void> {
  if (!(error instanceof ApiError) || !error.transient || error.retryAfterSeconds === undefined) return;
  await sleep(Math.min(error.retryAfterSeconds * 1000, LONGEST_MS), undefined, signal ? { signal } : {});
}

/**
 * Repeats an attempt. A result that came is kept even when the abort came first: what the cluster did, state must say. (p-retry
 * alone would drop it.)
 */
export async function retried<T>(attempt: () => Promise<T>, options: Options): Promise<T> {
  let result: { value: T } | undefined;
  try {
    await pRetry(
      async () => {
        result = { value: await attempt() };
      },
      { onFailedAttempt: ({ error, retriesLeft }) => (retriesLeft > 0 ? asTold(error, options.signal) : undefined), ...options },
    );
  } catch (error) {
    if (result === undefined) throw error;
  }
  return result!.value;
}
