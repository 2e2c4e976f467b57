import { called, UserError } from "../../../ops/user-error.ts";
import type { Provider } from "../../engine/provider.ts";
import { check } from "./check.ts";
import type { ProviderOptions } from "./config.ts";
import { diff } from "./diff.ts";
import { gvkOf } from "./gvk.ts";
import { isNamespacedByTable } from "./scope.ts";

/** The provider without a cluster: checks, names, compares, and previews what is declared as what will be. */
export function offlineProvider(options: ProviderOptions): Provider {
  const refuse = (what: string, name: string): never => {
    throw new UserError(
      `${what} of ${name} needs a cluster, and this run has none: start the local one with \`${called()} local start\`, or name one with --context`,
    );
  };
  return {
    check: (request) => check(request, { defaultNamespace: options.namespace, isNamespaced: isNamespacedByTable }),
    diff: async (request) => {
      const gvk = gvkOf(request.newInputs, request.type);
      return diff(request, { ...options, isNamespaced: gvk === undefined || isNamespacedByTable(gvk) });
    },
    create: async ({ inputs, preview, name }) => (preview ? { id: "", outputs: inputs } : refuse("the creation", name)),
    update: async ({ newInputs, preview, name }) => (preview ? { outputs: newInputs } : refuse("the update", name)),
    read: async ({ name }) => refuse("the reading", name),
    delete: async ({ name }) => refuse("the deletion", name),
    close: async () => {},
  };
}
