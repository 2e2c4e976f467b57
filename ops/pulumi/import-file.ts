import type { automation } from "@pulumi/pulumi";
import type { ImportSpec, StepState } from "../engine.ts";
import { UserError } from "../user-error.ts";

interface ImportFile {
  readonly resources: automation.ImportResource[];
  /** Names for what the state has already. */
  readonly nameTable: Record<string, string>;
}

/**
 * What `pulumi import --file` is to be given. Components that the state does not have come along; a provider cannot: Pulumi would give
 * what it imports to a default one, and make it anew when the program's own takes over.
 * @throws UserError when the state has not the provider that the program gives the objects
 */
export function importFile(specs: readonly ImportSpec[], { deployment }: Record<string, unknown>, stack: string): ImportFile {
  const { resources: states = [] } = (deployment ?? {}) as { resources?: StepState[] };
  const nameTable: Record<string, string> = {};
  /** Name in the file, by URN. */
  const names = new Map<string, string>();
  const inState = (urn: string): string => {
    const name = names.get(urn) ?? `known${names.size}`;
    names.set(urn, name);
    nameTable[name] = urn;
    return name;
  };
  const stateOf = ({ type, name }: ImportSpec) => states.find((state) => state.type === type && state.urn.endsWith(`::${type}::${name}`));
  const providers = new Map<string, string>();
  for (const spec of specs.filter(({ recorded }) => recorded === "provider")) {
    const known = stateOf(spec);
    if (known === undefined)
      throw new UserError(
        `The state of ${stack} does not have the provider "${spec.name}" (${spec.type}) yet, to which the program gives what you import. Bring that up first: pulumi up --stack ${stack} --target '**::${spec.type}::${spec.name}'`,
      );
    providers.set(spec.type.replace(/^pulumi:providers:/, ""), inState(known.urn));
  }
  const components = specs.filter((spec) => spec.recorded === "component" && !states.some(({ urn }) => urn === urnOf(spec)));
  components.forEach((spec, index) => {
    names.set(urnOf(spec), `component${index}`);
  });
  const parentOf = ({ parent }: ImportSpec) => (parent === undefined ? {} : { parent: names.get(parent) ?? inState(parent) });
  const objects = specs.filter(({ recorded }) => recorded === undefined);
  return {
    nameTable,
    resources: [
      ...components.map((spec, index) => ({
        type: spec.type,
        name: `component${index}`,
        logicalName: spec.name,
        component: true,
        ...parentOf(spec),
      })),
      ...objects.map((spec) => {
        const provider = providers.get(spec.type.split(":")[0]!);
        return { type: spec.type, name: spec.name, id: spec.id, ...parentOf(spec), ...(provider === undefined ? {} : { provider }) };
      }),
    ],
  };
}

const urnOf = ({ urn, name }: ImportSpec): string => urn ?? name;
