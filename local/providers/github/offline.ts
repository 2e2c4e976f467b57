import { called, UserError } from "../../../ops/user-error.ts";
import type { Provider } from "../../engine/provider.ts";
import { UNKNOWN } from "../../engine/values.ts";
import { check } from "./check.ts";
import { diff } from "./diff.ts";
import { INVOKES } from "./invokes/tokens.ts";
import { previewOutputs } from "./preview.ts";

/** The provider without a GitHub: checks, names, compares, and previews what is declared as what will be. What it would have to ask is unknown. */
export function offlineProvider(): Provider {
  const refuse = (what: string, name: string): never => {
    throw new UserError(
      `${what} of ${name} needs a GitHub, and this run asks none: start the local world with \`${called()} local start\``,
    );
  };
  return {
    check: async (request) => check(request),
    diff: (request) => diff(request, { isSameRepository: async () => false }),
    create: async ({ type, inputs, preview, name }) =>
      preview ? { id: "", outputs: previewOutputs(type, inputs) } : refuse("the creation", name),
    update: async ({ type, newInputs, oldOutputs, preview, name }) =>
      preview ? { outputs: previewOutputs(type, newInputs, oldOutputs) } : refuse("the update", name),
    read: async ({ name }) => refuse("the reading", name),
    delete: async ({ name }) => refuse("the deletion", name),
    invoke: async ({ token, args }) => {
      const outputs = INVOKES[token];
      if (outputs === undefined)
        throw new UserError(`the embedded engine cannot call ${token} (it can: ${Object.keys(INVOKES).join(", ")})`);
      return { ...Object.fromEntries(outputs.map((key) => [key, UNKNOWN])), ...args };
    },
    close: async () => {},
  };
}
