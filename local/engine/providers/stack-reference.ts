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
  const provider: Provider = {
    check: never,
    diff: never,
    create: never,
    update: never,
    delete: async () => {},
    read: async ({ id }) => {
      const { project, stack } = parseStackName(id, outputs.project);
      const name = `organization/${project}/${stack}`;
      const values = name === outputs.own.name ? outputs.own.outputs : await outputs.others(name);
      if (values === undefined) {
        throw new UserError(
          `StackReference "${id}": there is no such stack in this backend (looked for ${name}). Deploy it first, or mend the name.`,
        );
      }
      if (values instanceof Unknown) return { id, inputs: { name: id }, outputs: { name: id, outputs: values, secretOutputNames: values } };
      const secretOutputNames = Object.keys(values).filter((key) => values[key] instanceof Secret);
      return { id, inputs: { name: id }, outputs: { name: id, outputs: values, secretOutputNames } };
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
