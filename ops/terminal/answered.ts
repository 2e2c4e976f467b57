import { UserError } from "../user-error.ts";

/** A person who ends a question with Ctrl-C wants nothing done. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") throw new UserError("Nothing was done.");
    throw error;
  }
}
