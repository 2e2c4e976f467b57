import { UserError } from "../../../ops/user-error.ts";
import type { ResourceState } from "../state.ts";
import { needs } from "../steps/dependencies.ts";
import { makeStep, type Step } from "../steps/step.ts";
import type { RunContext } from "./context.ts";

/** Steps that take away what is left of the old state after the program has registered everything. */
export function deleteSteps(context: RunContext): Step[] {
  const { store, targets } = context;
  const left = store.remaining.filter((state) => targets === undefined || targets.has(state.urn) || state.delete);
  refuseNeeded(context, left);
  return left.map((state) => {
    if (state.delete) return makeStep(state.external ? "discard-replaced" : "delete-replaced", state, undefined);
    if (state.pendingReplacement) return makeStep("remove-pending-replace", state, undefined);
    return makeStep(state.external ? "discard" : "delete", state, undefined);
  });
}

/** With targets: what is to go must not leave behind what needs it. */
function refuseNeeded({ store, targets }: RunContext, left: readonly ResourceState[]): void {
  if (targets === undefined) return;
  const going = new Set(left.filter((state) => !state.delete).map((state) => state.urn));
  const stranded = store.snapshot().resources.filter((state) => !going.has(state.urn) && [...needs(state)].some((urn) => going.has(urn)));
  if (stranded.length > 0) {
    throw new UserError(
      `the targets cannot go while these need them: ${stranded.map((state) => state.urn).join(", ")}. Add them to the targets.`,
    );
  }
}

/** Something protected would be deleted: nothing is. */
export class ProtectedRefusal extends UserError {}

export function refuseProtected(steps: readonly Step[]): void {
  const urns = steps.filter(({ op, old }) => op === "delete" && old?.protect).map(({ urn }) => urn);
  if (urns.length === 0) return;
  const list = urns.map((urn) => `  ${urn}`).join("\n");
  throw new ProtectedRefusal(
    `nothing was deleted: these resources are protected:\n${list}\nTake \`protect\` from them in the program and run \`up\`, then try again.`,
  );
}

/** Without the program nobody can run its hooks: what has them is deleted by an `up` without it. */
export function refuseHooked(steps: readonly Step[]): void {
  const hooked = steps.flatMap(({ urn, old }) => {
    const { BeforeDelete = [], AfterDelete = [] } = old?.resourceHooks ?? {};
    const names = [...BeforeDelete, ...AfterDelete];
    return names.length === 0 ? [] : [`  ${urn}: ${names.join(", ")}`];
  });
  if (hooked.length === 0) return;
  throw new UserError(
    `nothing was deleted: these resources have hooks for their deletion, and the program, which holds them, does not run:\n${hooked.join("\n")}\nTake the resources out of the program and run \`up\`, then try again.`,
  );
}

/**
 * Runs delete steps side by side, each after everything that needs its resource is gone. After a failure nothing new is started.
 * Resolves when all that was started is over.
 */
export async function runDeletes(
  steps: readonly Step[],
  order: readonly ResourceState[],
  run: (step: Step) => Promise<void>,
): Promise<void> {
  const position = new Map(order.map((state, index) => [state, index]));
  /** By URN: the deletions after which a resource of that URN may go. */
  const before = new Map<string, Promise<void>[]>();
  const all: Promise<void>[] = [];
  const failure: { error?: unknown } = {};
  // From the end of the state, so that whatever needs a resource has its promise before the resource asks for it.
  const last = [...steps].sort((a, b) => (position.get(b.old!) ?? 0) - (position.get(a.old!) ?? 0));
  for (const step of last) {
    const state = step.old!;
    const done = Promise.all(before.get(state.urn) ?? []).then(async () => {
      if ("error" in failure) return;
      try {
        await run(step);
      } catch (error) {
        if (!("error" in failure)) failure.error = error;
      }
    });
    all.push(done);
    // Namesakes one after the other too: marks of what is under way are kept by URN.
    for (const urn of [...needs(state), state.urn]) {
      const others = before.get(urn);
      if (others === undefined) before.set(urn, [done]);
      else others.push(done);
    }
  }
  await Promise.all(all);
  if ("error" in failure) throw failure.error;
}
