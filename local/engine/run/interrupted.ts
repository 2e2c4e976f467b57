import { setTimeout as wait } from "node:timers/promises";
import { ProviderError } from "../provider.ts";

/** How long a provider may take to say what it reached once it was told to stop. */
const graceMilliseconds = 10_000;

/** The call's outcome; or, when the run is stopped and the call does not end by itself soon, an error in its place. */
export async function orInterrupted<T>(call: Promise<T>, signal: AbortSignal, grace = graceMilliseconds): Promise<T> {
  call.catch(() => {});
  const over = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = () => {
      wait(grace, undefined, { signal: over.signal }).then(
        () => reject(new ProviderError("stopped before it was done; the next run looks at what became of it")),
        () => {},
      );
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([call, stopped]);
  } finally {
    over.abort();
  }
}
