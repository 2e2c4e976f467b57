import type { EngineEvent, Op, Step, StepState } from "../engine.ts";

export type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A step of `pulumi preview --json`, made of what an event tells of it. */
export function stepOf(metadata: Metadata, op: Op = metadata.op as Op): Step {
  const { urn, provider, old, new: next, detailedDiff, diffs, keys } = metadata;
  const step: Step = { op, urn, detailedDiff: detailedDiff ? differences(detailedDiff) : null };
  if (provider) step.provider = provider;
  if (old) step.oldState = stateOf(old);
  if (next) step.newState = stateOf(next);
  if (diffs?.length) step.diffReasons = diffs;
  if (keys?.length) step.replaceReasons = keys;
  return step;
}

const differences = (detailed: NonNullable<Metadata["detailedDiff"]>): NonNullable<Step["detailedDiff"]> =>
  Object.fromEntries(Object.entries(detailed).map(([key, { diffKind, inputDiff }]) => [key, { kind: String(diffKind), inputDiff }]));

/** Fields without a value are left out, secrets become `[secret]`. */
function stateOf(state: object): StepState {
  const { inputs, outputs, id, parent, provider, initErrors, ...rest } = state as unknown as StepState & { provider?: string };
  return {
    ...rest,
    ...(id ? { id } : {}),
    ...(parent ? { parent } : {}),
    ...(provider ? { provider } : {}),
    ...(Object.keys(inputs ?? {}).length > 0 ? { inputs: blinded(inputs!) } : {}),
    ...(Object.keys(outputs ?? {}).length > 0 ? { outputs: blinded(outputs!) } : {}),
    ...(initErrors?.length ? { initErrors } : {}),
  };
}

export function blinded<T>(value: T): T {
  if (Array.isArray(value)) return value.map(blinded) as T;
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, SIGNATURE) && "ciphertext" in value) return "[secret]" as T;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, blinded(inner)])) as T;
}
