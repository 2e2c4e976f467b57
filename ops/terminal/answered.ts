import { UserError } from "../user-error.ts";

/** A person who ends a question with Ctrl-C or Ctrl-D wants nothing done; readline and the prompts each have a word for it. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && ["ExitPromptError", "AbortError"].includes(error.name))
      throw new UserError("Not answered: nothing more was done.");
    throw error;
  }
}

/** What a question ends with when nobody can answer any more. */
export const hangUp = (): Error => Object.assign(new Error("no answer"), { name: "AbortError" });
