import { UserError } from "../../../ops/user-error.ts";
import type { Provider } from "../../engine/provider.ts";
import { check } from "./check.ts";
import { diff } from "./diff.ts";
import { type InvokeTarget, invoke } from "./invokes.ts";
import { previewOutputs } from "./outputs.ts";

/** The provider without an Azure: checks, names, compares, and previews what is declared as what will be. */
export function offlineProvider(target: InvokeTarget): Provider {
  const refuse = (what: string, name: string): never => {
    throw new UserError(`${what} of ${name} needs an Azure, and this run asks none: use the local world (--local), or the Pulumi CLI`);
  };
  return {
    check: async (request) => check(request),
    diff,
    create: async ({ type, inputs, preview, name }) =>
      preview ? { id: "", outputs: previewOutputs(type, inputs, undefined) } : refuse("the creation", name),
    update: async ({ type, newInputs, oldOutputs, preview, name }) =>
      preview ? { outputs: previewOutputs(type, newInputs, oldOutputs) } : refuse("the update", name),
    read: async ({ name }) => refuse("the reading", name),
    delete: async ({ name }) => refuse("the deletion", name),
    invoke: async ({ token, args }) => invoke(token, args, target),
    close: async () => {},
  };
}
