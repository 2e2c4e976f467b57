import type { Step } from "../engine.ts";
import { objectName } from "./changes.ts";
import { kindOf } from "./urn.ts";

/** What a destroy would have to leave standing: the run refuses before it deletes anything else. */
export const protectedIn = (steps: readonly Step[]): string[] =>
  steps
    .filter((step) => step.op === "delete" && step.oldState?.protect === true)
    .map((step) => `${kindOf(step.oldState!.type)} ${objectName(step.oldState) ?? step.oldState!.id ?? step.urn}`);
