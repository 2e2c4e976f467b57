import { UserError } from "../../../ops/user-error.ts";
import { parseStackName } from "../backend/layout.ts";
import type { Provider, ProviderFactory } from "../provider.ts";
import { noDiff } from "../steps/diff.ts";
import { type PropertyMap, Secret, Unknown } from "../values.ts";

export const stackReferenceType = "pulumi:pulumi:StackReference";

export interface StackOutputs {
  project: string;
  /** Full name of the stack being worked on, and its outputs before this run: a stack may read its own. */
  own: { name: string; outputs: PropertyMap };
  /** `UNKNOWN` when nobody can tell. */
  others(name: string): Promise<PropertyMap | Unknown | undefined>;
}

/** The engine's own package: reads the current outputs of stacks. */
export function stackReferenceFactory(outputs: StackOutputs): ProviderFactory {
  const never = async (): Promise<never> => {
    throw new UserError("a StackReference can only be read");
  };
  const outputsOf = async (id: string): Promise<PropertyMap> => {
    const { project, stack } = parseStackName(id, outputs.project);
    const name = `organization/${project}/${stack}`;
    const values = name === outputs.own.name ? outputs.own.outputs : await outputs.others(name);
    if (values === undefined) {
      throw new UserError(
        `StackReference "${id}": there is no such stack in this backend (looked for ${name}). Deploy it first, or mend the name.`,
      );
    }
    if (values instanceof Unknown) return { name: id, outputs: values, secretOutputNames: values };
    const secretOutputNames = Object.keys(values).filter((key) => values[key] instanceof Secret);
    return { name: id, outputs: values, secretOutputNames };
  };
  const provider: Provider = {
    check: never,
    diff: never,
    create: never,
    update: never,
    delete: async () => {},
    read: async ({ id }) => ({ id, inputs: { name: id }, outputs: await outputsOf(id) }),
    /** The same as a function: unlike a resource, a program can ask it about a stack that may not be there. */
    invoke: async ({ token, args }) => {
      if (token !== "pulumi:pulumi:readStackOutputs") throw new UserError(`${token}: there is no such function.`);
      return outputsOf(String(args.name));
    },
    close: async () => {},
  };
  return {
    pkg: "pulumi",
    version: "",
    checkConfig: async () => ({ inputs: {}, failures: [] }),
    diffConfig: async () => noDiff,
    configure: async () => provider,
  };
}
