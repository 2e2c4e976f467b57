import type { ImportSpec } from "../../../ops/engine.ts";
import { UserError } from "../../../ops/user-error.ts";
import type { ResourceState } from "../state.ts";
import { StepGenerator } from "../steps/generator.ts";
import { makeStep } from "../steps/step.ts";
import { isProviderType, makeUrn, nameOf, packageOf, providerType, rootUrn, stackType } from "../urn.ts";
import type { PropertyMap } from "../values.ts";
import type { RunContext } from "./context.ts";
import { DefaultProviders, defaultProviderName } from "./default-providers.ts";
import { Executor } from "./executor.ts";
import type { Session } from "./session.ts";

/**
 * Takes objects that exist into the state, as `pulumi import` does: read as they are, nothing changed, no program run. What is in the
 * state already under the same id is left alone. Afterwards everything else is as it was.
 */
export async function importResources(session: Session, specs: readonly ImportSpec[]): Promise<boolean> {
  const { context, store, config, reporter } = session;
  const executor = new Executor(context);
  store.keepAll();
  const root = await rootOf(context, executor);
  const wanted = withUrns(context, specs, root);
  const defaults = new DefaultProviders(new StepGenerator(context), executor, config);
  /** Providers that came along, by type. */
  const recorded = new Map<string, string>();
  for (const { spec, urn, parent } of wanted) {
    const old = store.find(urn);
    if (old !== undefined && (spec.recorded !== undefined || old.id === spec.id || old.importID === spec.id)) {
      if (spec.recorded !== undefined) continue;
      reporter.diagnostic("info", `${urn}: it is in the state already.`, { urn });
      continue;
    }
    if (old !== undefined) throw new UserError(`${urn}: the state holds it with the id ${old.id}; give what you import another name.`);
    if (store.find(parent) === undefined) throw new UserError(`${urn}: its parent ${parent} is not in the state; import that first.`);
    const inputs = (spec.inputs ?? {}) as PropertyMap;
    if (spec.recorded !== undefined) {
      const custom = spec.recorded === "provider";
      const state: ResourceState = { urn, custom, type: spec.type, inputs: custom ? inputs : {}, outputs: {}, parent };
      await executor.run(makeStep("create", undefined, state));
      if (custom) recorded.set(spec.type, `${urn}::${state.id ?? ""}`);
      continue;
    }
    const provider =
      recorded.get(providerType(packageOf(spec.type))) ??
      knownProvider(context, spec.type) ??
      (await defaults.reference(packageOf(spec.type), versionOf(context, spec.type)));
    const state: ResourceState = { urn, custom: true, type: spec.type, inputs, outputs: {}, parent, provider, importID: spec.id };
    await executor.run(makeStep("import", undefined, state, Object.keys(inputs).length > 0 ? { declaredOnly: true } : {}));
  }
  return true;
}

interface Wanted {
  spec: ImportSpec;
  urn: string;
  parent: string;
}

/** A parent is a URN, or the name of something in the state or imported along. */
function withUrns(context: RunContext, specs: readonly ImportSpec[], root: string): Wanted[] {
  const wanted: Wanted[] = [];
  const named = (name: string): string => {
    if (name.startsWith("urn:")) return name;
    const urns = new Set(
      [...wanted.map(({ urn }) => urn), ...context.store.base.map(({ urn }) => urn)].filter((urn) => nameOf(urn) === name),
    );
    const [urn, other] = urns;
    if (urn === undefined)
      throw new UserError(`--parent ${name}: there is nothing of that name in the state; write its URN, or import it first.`);
    if (other !== undefined) throw new UserError(`--parent ${name}: several have that name; write the URN: ${[...urns].join(", ")}.`);
    return urn;
  };
  for (const spec of specs) {
    if (!/^[^:]+:[^:]+:[^:]+$/.test(spec.type) || (isProviderType(spec.type) && spec.recorded !== "provider")) {
      throw new UserError(
        `"${spec.type}" is no resource type: write it as <package>:<module>:<Type>, e.g. kubernetes:core/v1:ConfigMap.`,
        2,
      );
    }
    const parent = spec.parent === undefined ? root : named(spec.parent);
    const urn = makeUrn(context.stack, context.project, parent === root ? undefined : parent, spec.type, spec.name);
    if (wanted.some((other) => other.urn === urn)) throw new UserError(`${urn} is named twice.`, 2);
    wanted.push({ spec, urn, parent });
  }
  return wanted;
}

async function rootOf(context: RunContext, executor: Executor): Promise<string> {
  const urn = rootUrn(context.stack, context.project);
  if (context.store.find(urn) === undefined) {
    const state: ResourceState = { urn, custom: false, type: stackType, inputs: {}, outputs: {} };
    await executor.run(makeStep("create", undefined, state));
  }
  return urn;
}

/**
 * The one provider that the program configures for a package, since with another one the next `up` would replace what was imported; or
 * a default one that the state has.
 */
function knownProvider(context: RunContext, type: string): string | undefined {
  const all = context.store.base.filter((state) => state.type === providerType(packageOf(type)) && !state.delete);
  const own = all.filter(({ urn }) => !nameOf(urn).startsWith("default"));
  const name = defaultProviderName(packageOf(type), versionOf(context, type));
  const chosen = own.length === 1 ? own[0] : (all.find(({ urn }) => nameOf(urn) === name) ?? all.at(-1));
  return chosen && `${chosen.urn}::${chosen.id}`;
}

const versionOf = ({ registry }: RunContext, type: string): string | undefined => registry.factory(packageOf(type)).version || undefined;
