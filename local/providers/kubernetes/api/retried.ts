import pRetry, { type Options } from "p-retry";

/**
 * Repeats an attempt. A result that came is kept even when the abort came first: what the cluster did, state must say. (p-retry
 * alone would drop it.)
 */
export async function retried<T>(attempt: () => Promise<T>, options: Options): Promise<T> {
  let result: { value: T } | undefined;
  try {
    await pRetry(async () => {
      result = { value: await attempt() };
    }, options);
  } catch (error) {
    if (result === undefined) throw error;
  }
  return result!.value;
}
