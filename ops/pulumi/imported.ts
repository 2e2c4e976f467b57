import type { ImportSpec, Step, StepState } from "../engine.ts";
import { blinded } from "./shown.ts";

/** What an import took over, from the state after it: the CLI's own report of it names no values. */
export function importedSteps({ deployment }: Record<string, unknown>, specs: readonly ImportSpec[]): Step[] {
  const { resources = [] } = (deployment ?? {}) as { resources?: StepState[] };
  return specs.flatMap(({ type, name, id }) =>
    resources
      .filter((state) => state.type === type && state.id === id && state.urn.endsWith(`::${name}`))
      .map((state) => ({ op: "import" as const, urn: state.urn, detailedDiff: null, newState: blinded(state) })),
  );
}
