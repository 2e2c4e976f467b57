import { UserError } from "../../../ops/user-error.ts";
import type { InvokeRequest } from "../registration.ts";
import { hasUnknown, type PropertyMap } from "../values.ts";
import type { RunContext } from "./context.ts";

const getResource = "pulumi:pulumi:getResource";

/** Answers a function call of the program: by its provider, or from the state when it asks for a resource by URN. */
export async function answerInvoke(
  context: RunContext,
  { token, args, dependsOn = [] }: InvokeRequest,
  reference: string,
): Promise<{ outputs: PropertyMap } | { unknown: true }> {
  context.reporter.scrubber.learn(args);
  if (context.preview && (hasUnknown(args) || dependsOn.some((urn) => isToCome(context, urn)))) return { unknown: true };
  if (token === getResource) return { outputs: resourceByUrn(context, String(args.urn)) };
  const provider = await context.registry.ensure(reference, context.store.base);
  if (provider.invoke === undefined) throw new UserError(`${token}: the local world's provider has no functions.`);
  const outputs = await provider.invoke({ token, args, signal: context.signal });
  context.reporter.scrubber.learn(outputs);
  return { outputs };
}

/** Is there something to be made, the resource itself or what is in it, before a function may see it? */
function isToCome({ store }: RunContext, urn: string): boolean {
  const state = store.find(urn);
  if (state?.custom) return state.id === undefined;
  return store.snapshot().resources.some(({ parent, custom, id }) => parent === urn && custom && id === undefined);
}

function resourceByUrn({ store }: RunContext, urn: string): PropertyMap {
  const state = store.find(urn);
  if (state === undefined) throw new UserError(`${urn}: there is no such resource in this stack.`);
  return { urn, id: state.id ?? "", state: state.outputs };
}
