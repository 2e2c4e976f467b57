import { UserError } from "../../ops/user-error.ts";
import { loadProject, loadStackConfig } from "./project.ts";
import type { ProviderFactory } from "./provider.ts";
import { openSession } from "./run/session.ts";
import { update } from "./run/update.ts";
import { contentSeed } from "./seed.ts";
import type { ResourceState, StackConfig } from "./state.ts";
import { isProviderType, nameOf } from "./urn.ts";
import type { PropertyMap } from "./values.ts";

export interface RenderOptions {
  projectDir: string;
  stack: string;
  providers: ProviderFactory[];
  /** Full keys to values that go over the stack's own. */
  extraConfig?: StackConfig;
}

/** A resource as a program declares it, checked by its provider. Secret and unknown marks are kept. */
export interface RenderedResource {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  custom: boolean;
  inputs: PropertyMap;
  /** What a create would return as far as it is known; of the stack: its outputs. */
  outputs: PropertyMap;
  provider?: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  deletedWith?: string;
}

/**
 * What a program declares for a stack, in the order it declares it (what it only reads, and default providers, left out): a preview of a stack that was never deployed, without state,
 * passphrase or cluster. Values read from `secure:` configuration are `Secret("[secret]")`, outputs of other stacks are unknown.
 * Throws a UserError with everything the program reported when it fails.
 */
export async function renderProgram({ projectDir, stack, providers, extraConfig }: RenderOptions): Promise<RenderedResource[]> {
  const project = await loadProject(projectDir);
  const config = await loadStackConfig(project, stack, undefined, extraConfig);
  const snapshot = { resources: [], pendingOperations: [] };
  const session = openSession({ project, stack, config, providers, snapshot, preview: true, run: {}, seed: contentSeed });
  const { reporter, context, store } = session;
  try {
    const declared = await update(session, 16);
    const errors = reporter.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    if (declared === undefined || errors.length > 0) throw new UserError(errors.join("\n") || `the program of stack "${stack}" failed`);
    const order = new Map([...declared].map((urn, index) => [urn, index]));
    const place = ({ urn }: ResourceState) => order.get(urn) ?? 0;
    return store
      .snapshot()
      .resources.filter((state) => !state.external && !(isProviderType(state.type) && state.parent === undefined))
      .sort((a, b) => place(a) - place(b))
      .map(rendered);
  } finally {
    await context.registry.close();
  }
}

const rendered = (state: ResourceState): RenderedResource => ({
  urn: state.urn,
  type: state.type,
  name: nameOf(state.urn),
  parent: state.parent,
  custom: state.custom,
  inputs: state.inputs,
  outputs: state.outputs,
  provider: state.provider,
  dependencies: state.dependencies ?? [],
  propertyDependencies: state.propertyDependencies ?? {},
  protect: state.protect ?? false,
  retainOnDelete: state.retainOnDelete ?? false,
  ignoreChanges: state.ignoreChanges ?? [],
  deletedWith: state.deletedWith,
});
