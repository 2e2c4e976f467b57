import type { Registration } from "../registration.ts";
import type { ResourceState } from "../state.ts";
import { isProviderType } from "../urn.ts";

/** What a registration wants state to say of its resource, before its inputs are checked. */
export function newState(
  urn: string,
  registration: Registration,
  provider: string | undefined,
  old: ResourceState | undefined,
): ResourceState {
  const { version } = registration;
  const own = isProviderType(registration.type) && version !== undefined ? { ...registration.inputs, version } : registration.inputs;
  return {
    urn,
    custom: registration.custom,
    type: registration.type,
    inputs: own,
    outputs: {},
    parent: registration.parent,
    protect: registration.protect,
    dependencies: registration.dependencies,
    provider,
    propertyDependencies: registration.propertyDependencies,
    additionalSecretOutputs: registration.additionalSecretOutputs,
    customTimeouts: registration.customTimeouts,
    importID: registration.importId ?? old?.importID,
    retainOnDelete: registration.retainOnDelete,
    deletedWith: registration.deletedWith,
    replaceWith: registration.replaceWith,
    hideDiff: registration.hideDiff,
    replacementTrigger: registration.replacementTrigger,
    resourceHooks: registration.hooks,
    ignoreChanges: registration.ignoreChanges,
    replaceOnChanges: registration.replaceOnChanges,
    created: old?.created,
    modified: old?.modified,
    sourcePosition: registration.sourcePosition,
    stackTrace: registration.stackTrace,
  };
}
