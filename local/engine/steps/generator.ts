import { UserError } from "../../../ops/user-error.ts";
import type { CheckFailure, DiffResult } from "../provider.ts";
import type { Registration } from "../registration.ts";
import { common, providerOf, type RunContext } from "../run/context.ts";
import type { ResourceState } from "../state.ts";
import { isProviderType, makeUrn } from "../urn.ts";
import { hasUnknown, type PropertyMap } from "../values.ts";
import { earlierUrns } from "./aliases.ts";
import { applyReplaceOnChanges, replaces, someDiff } from "./diff.ts";
import { diffResource, providerChanged } from "./diff-resource.ts";
import { newState } from "./new-state.ts";
import { keepOldValues } from "./property-path.ts";
import { dependentReplacements } from "./replacements.ts";
import { makeStep, type Step } from "./step.ts";
import { triggersReplacement } from "./trigger.ts";

/** Decides what a registration leads to, one registration at a time. Nothing here changes the live system. */
export class StepGenerator {
  readonly #context: RunContext;
  /** URNs that the program has registered or read. */
  readonly registered = new Set<string>();
  /** Registered URN -> the URN of its old state, where an alias found it. */
  readonly #renamed = new Map<string, string>();
  /** Deleted in this run because what they depend on is: a registration makes them anew. */
  readonly #deletedForReplacement = new Map<ResourceState, string[]>();
  /** URNs that are replaced in this run: what goes with them is replaced too. */
  readonly #replaced = new Set<string>();

  constructor(context: RunContext) {
    this.#context = context;
  }

  claim(urn: string): void {
    if (this.registered.has(urn)) throw new UserError(`${urn}: the program declares it twice; give one of them another name.`);
    this.registered.add(urn);
  }

  urnOf({ parent, type, name }: { parent?: string; type: string; name: string }): string {
    return makeUrn(this.#context.stack, this.#context.project, parent, type, name);
  }

  /** The state that a resource had before, found by its URN or by an alias. */
  findOld(urn: string, registration: Registration): ResourceState | undefined {
    const { stack, project, store } = this.#context;
    const earlier = earlierUrns(registration, { stack, project, renamed: this.#renamed });
    for (const candidate of [urn, ...earlier]) {
      const old = store.basedAs(candidate).find((state) => !state.delete && !this.#isReplaced(state));
      if (old === undefined) continue;
      if (candidate !== urn) {
        if (this.registered.has(candidate))
          throw new UserError(`${urn}: its alias ${candidate} is another resource of the program; drop the alias.`);
        this.#renamed.set(urn, candidate);
        this.registered.add(candidate);
      }
      return old;
    }
    return undefined;
  }

  #isReplaced(state: ResourceState): boolean {
    return this.#context.store.isGone(state) && !this.#deletedForReplacement.has(state);
  }

  /** Steps for a registered resource whose old state (if any) is settled. */
  async generate(urn: string, registration: Registration, provider: string | undefined, old: ResourceState | undefined): Promise<Step[]> {
    const next = newState(urn, registration, provider, old);
    if (
      this.#context.targets !== undefined &&
      !this.#context.targets.has(urn) &&
      registration.custom &&
      !isProviderType(registration.type)
    ) {
      if (old === undefined) throw new UserError(`${urn}: it does not exist yet and is none of the targets; add it to them.`);
      return [makeStep("same", old, { ...old, urn, id: undefined, parent: next.parent })];
    }
    const recreated = old !== undefined && this.#deletedForReplacement.has(old);
    const known = recreated || old?.external ? undefined : old;
    const news = known === undefined ? registration.inputs : keepOldValues(registration.inputs, known.inputs, registration.ignoreChanges);
    const seed = this.#context.seed(urn, registration.inputs);
    next.inputs = await this.#check(next, news, known?.inputs, seed);

    if (old !== undefined && recreated) {
      const keys = this.#deletedForReplacement.get(old);
      return [makeStep("replace", old, next), makeStep("create-replacement", old, next, { keys })];
    }
    if (
      registration.importId !== undefined &&
      (known === undefined || known.importID !== registration.importId) &&
      known?.id !== registration.importId
    ) {
      if (known !== undefined)
        throw new UserError(
          `${urn}: it exists with id ${known.id} and cannot become the import ${registration.importId}; drop one of them.`,
        );
      return [makeStep("import", undefined, { ...next, importID: registration.importId }, { programInputs: next.inputs })];
    }
    if (old?.external) {
      return [makeStep("create-replacement", old, next, { pendingDelete: true }), makeStep("replace", old, next)];
    }
    if (old === undefined) return [makeStep("create", undefined, next)];
    return this.#compare(registration, old, next, seed);
  }

  async #compare(registration: Registration, old: ResourceState, next: ResourceState, seed: Uint8Array): Promise<Step[]> {
    const context = this.#context;
    if (!context.preview && next.replacementTrigger !== undefined && hasUnknown(next.replacementTrigger)) {
      throw new UserError(`${next.urn}: its replacementTrigger is not known although everything before it is done.`);
    }
    const triggered = triggersReplacement(next.replacementTrigger, old.replacementTrigger);
    const changed = triggered
      ? someDiff
      : (this.#replacedAlong(next) ??
        (await providerChanged(context, old, next)) ??
        (await diffResource(context, old, next.inputs, registration.ignoreChanges, next.provider)));
    const diff = applyReplaceOnChanges(changed, registration.replaceOnChanges, (old.initErrors?.length ?? 0) > 0);
    if (triggered || replaces(diff) || old.pendingReplacement) return this.#replace(registration, old, next, diff, seed);
    if (!diff.changes && !old.initErrors?.length) return [makeStep("same", old, next)];
    return [makeStep("update", old, next, { detailedDiff: shownDiff(diff), diffs: diff.diffs, ignoreChanges: registration.ignoreChanges })];
  }

  /** The replacement that follows from that of another resource. */
  #replacedAlong(next: ResourceState): DiffResult | undefined {
    const why = next.replaceWith?.some((urn) => this.#replaced.has(urn))
      ? "replaceWith"
      : next.deletedWith !== undefined && this.#replaced.has(next.deletedWith)
        ? "deletedWith"
        : undefined;
    return why && { ...someDiff, replaces: [why] };
  }

  async #replace(registration: Registration, old: ResourceState, next: ResourceState, diff: DiffResult, seed: Uint8Array): Promise<Step[]> {
    const context = this.#context;
    if (next.protect && old.protect) {
      this.#refuseProtected(
        `${next.urn}: the change of ${diff.replaces.join(", ")} replaces it, and it is protected. Take \`protect\` from it in the program first, or undo the change.`,
      );
    }
    if (registration.importId !== undefined) {
      throw new UserError(
        `${next.urn}: it was imported and would now be replaced (${diff.replaces.join(", ")}). Take \`import\` from it, or undo the change.`,
      );
    }
    this.#replaced.add(next.urn);
    // Values that were carried over from the old object (its automatic name) are made anew.
    if (next.custom) next.inputs = await this.#check(next, registration.inputs, undefined, seed);
    const why = { keys: diff.replaces, diffs: diff.diffs, detailedDiff: shownDiff(diff) };
    if (!(registration.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return [makeStep("create-replacement", old, next, { ...why, pendingDelete: true }), makeStep("replace", old, next, why)];
    }
    const cascade = await dependentReplacements(old, context.store.remaining, this.registered, (state, news) =>
      diffResource(context, state, news, state.ignoreChanges ?? [], state.provider),
    );
    const steps: Step[] = [];
    for (const { state, keys } of cascade.reverse()) {
      if (this.#deletedForReplacement.has(state)) continue;
      if (state.protect) {
        this.#refuseProtected(
          `${state.urn}: it would be replaced with ${next.urn}, on which it depends, and it is protected. Take \`protect\` from it in the program first, or undo the change.`,
        );
      }
      this.#deletedForReplacement.set(state, keys);
      this.#replaced.add(state.urn);
      if (!state.pendingReplacement) steps.push(makeStep("delete-replaced", state, undefined, { pendingReplacement: true }));
    }
    if (!old.pendingReplacement) steps.push(makeStep("delete-replaced", old, undefined, { pendingReplacement: true }));
    return [...steps, makeStep("replace", old, next, why), makeStep("create-replacement", old, next, why)];
  }

  /** A preview goes on, so that it shows the change behind the refusal. */
  #refuseProtected(message: string): void {
    if (!this.#context.preview) throw new UserError(message);
    this.#context.reporter.diagnostic("error", message);
  }

  async #check(next: ResourceState, news: PropertyMap, oldInputs: PropertyMap | undefined, randomSeed: Uint8Array): Promise<PropertyMap> {
    const context = this.#context;
    if (!next.custom) return news;
    if (isProviderType(next.type)) {
      const { version } = news;
      const checked = await context.registry.check(next.type, news, typeof version === "string" ? version : undefined);
      throwFailures(next.urn, checked.failures);
      return checked.inputs;
    }
    const provider = await providerOf(context, next);
    const checked = await provider.check({ ...common(context, next), oldInputs, news, randomSeed, preview: context.preview });
    context.reporter.scrubber.learn(checked.inputs);
    throwFailures(next.urn, checked.failures);
    return checked.inputs;
  }
}

const shownDiff = (diff: DiffResult) => (Object.keys(diff.detailedDiff).length > 0 ? diff.detailedDiff : null);

function throwFailures(urn: string, failures: readonly CheckFailure[]): void {
  if (failures.length === 0) return;
  throw new UserError(failures.map(({ property, reason }) => `${urn}${property === "" ? "" : `, ${property}`}: ${reason}`).join("\n"));
}
