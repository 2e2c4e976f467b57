import type { ImportSpec, RunResult, Step, StepState } from "../engine.ts";
import { UNKNOWN } from "../report/text.ts";

/**
 * What is to be imported, each where the program declares it: below its components and with its provider, which come before it where the
 * state has none of them yet. What the program does not declare stays as it was asked for.
 * @param offline a preview, for what the program declares
 */
export function placed(specs: readonly ImportSpec[], offline: RunResult): { specs: ImportSpec[]; declared: ReadonlySet<string> } {
  const steps = new Map(offline.steps.flatMap((step) => (step.newState === undefined ? [] : [[step.urn, step]])));
  const around = new Map<string, ImportSpec>();
  const declared = new Set<string>();
  const own = specs.map((spec): ImportSpec => {
    const found = spec.parent === undefined ? [...steps.values()].find((step) => isIt(step, spec)) : undefined;
    if (found === undefined) return spec;
    declared.add(found.urn);
    const state = found.newState!;
    const provider = steps.get((found.provider ?? "").replace(/::[^:]*$/, ""));
    for (const step of [...ancestors(state, steps), ...(provider === undefined ? [] : [provider])])
      if (!around.has(step.urn)) around.set(step.urn, recorded(step));
    return { ...spec, ...parentOf(state) };
  });
  return { specs: [...around.values(), ...own], declared };
}

const isIt = ({ urn, newState }: Step, { type, name }: ImportSpec): boolean =>
  newState?.custom === true && newState.type === type && nameOf(urn) === name;
const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
const isStack = (urn: string): boolean => urn.includes("::pulumi:pulumi:Stack::");
const parentOf = ({ parent }: StepState): { parent?: string } => (parent === undefined || isStack(parent) ? {} : { parent });

/** Components that it is in, outermost first. */
function ancestors(state: StepState, steps: ReadonlyMap<string, Step>): Step[] {
  const step = state.parent === undefined || isStack(state.parent) ? undefined : steps.get(state.parent);
  return step === undefined ? [] : [...ancestors(step.newState!, steps), step];
}

/** Provider settings that only a run will know are left out: the next update brings them. */
function recorded({ urn, newState }: Step): ImportSpec {
  const { type, inputs = {}, custom } = newState!;
  const known = Object.entries(inputs).filter(([, value]) => value !== UNKNOWN && value !== "[secret]" && value !== "[unknown]");
  const what = custom ? { recorded: "provider" as const, inputs: Object.fromEntries(known) } : { recorded: "component" as const };
  return { urn, type, name: nameOf(urn), id: "", ...parentOf(newState!), ...what };
}
