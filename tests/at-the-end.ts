import { afterAll, onTestFinished } from "vitest";

/** Has something done at the end of the test that asks for it, or of the file when none runs. */
export function atTheEnd(cleanUp: () => Promise<void>): void {
  try {
    onTestFinished(cleanUp);
  } catch {
    afterAll(cleanUp); // outside of any test
  }
}
