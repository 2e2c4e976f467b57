import type { StepState } from "../../../ops/engine.ts";
import type { ResourceState } from "../state.ts";
import { isMap, type PropertyMap, Reference, Secret, Unknown, type Value } from "../values.ts";
import { signatureKey, unknownText } from "../wire/struct.ts";

/** What stands for a secret in an event, as Pulumi's own events have it. */
const hiddenSecret = { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };

/** Takes known secrets out of a text that carries no mark: what a live system says may repeat one. */
type Scrub = (text: string) => string;

/** Values as they may be shown: marks become plain JSON, and no secret is left. */
export function showValues(values: PropertyMap, scrub: Scrub, secret: unknown = "[secret]"): Record<string, unknown> {
  return show(values, scrub, secret) as Record<string, unknown>;
}

function show(value: Value, scrub: Scrub, secret: unknown): unknown {
  if (typeof value === "string") return scrub(value);
  if (value instanceof Secret) return secret;
  if (value instanceof Unknown) return unknownText;
  if (value instanceof Reference) return { urn: value.urn, ...(value.id === undefined ? {} : { id: value.id }) };
  if (Array.isArray(value)) return value.map((item) => show(item, scrub, secret));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, show(inner, scrub, secret)]));
}

/** A state as a step of `pulumi preview --json` has it. */
export function stepState(state: ResourceState, scrub: Scrub): StepState {
  const { inputs, outputs, initErrors, ...rest } = state;
  const result: Record<string, unknown> = { ...rest };
  if (Object.keys(inputs).length > 0) result.inputs = showValues(inputs, scrub);
  if (Object.keys(outputs).length > 0) result.outputs = showValues(outputs, scrub);
  if (initErrors !== undefined && initErrors.length > 0) result.initErrors = initErrors.map(scrub);
  return JSON.parse(JSON.stringify(result)) as StepState;
}

/** A state as Pulumi's engine events have it (apitype.StepEventStateMetadata). */
export function eventState(state: ResourceState | undefined, scrub: Scrub): Record<string, unknown> | null {
  if (state === undefined) return null;
  return {
    type: state.type,
    urn: state.urn,
    ...(state.custom ? { custom: true } : {}),
    ...(state.delete ? { delete: true } : {}),
    id: state.id ?? "",
    parent: state.parent ?? "",
    ...(state.protect ? { protect: true } : {}),
    ...(state.external ? { external: true } : {}),
    ...(state.retainOnDelete ? { retainOnDelete: true } : {}),
    inputs: showValues(state.inputs, scrub, hiddenSecret),
    outputs: showValues(state.outputs, scrub, hiddenSecret),
    provider: state.provider ?? "",
    ...(state.initErrors?.length ? { initErrors: state.initErrors.map(scrub) } : {}),
  };
}
