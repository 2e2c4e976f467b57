import { PolicySettings } from "../../components/policy.schema.ts";
import { evaluate, type Verdict } from "../../policy/evaluate.ts";
import type { PolicyResource } from "../../policy/rule.ts";
import type { Step } from "../engine.ts";
import { type Configuration, settingOf } from "../promotion/configuration.ts";

/** Holds what a preview found against the rules of the policy pack, as the Pulumi CLI does with `--policy-pack policy`. */
export function holdToPolicy(steps: readonly Step[], configuration: Configuration, project: string, now: Date): Verdict {
  const application = settingOf(configuration, project, "application") as { policy?: unknown } | undefined;
  // Settings that are at fault were refused before; here they exempt nothing.
  const settings = PolicySettings.safeParse(application?.policy ?? {});
  return evaluate(resourcesOf(steps), settings.success ? settings.data.exemptions : [], now);
}

/** What will be there when the steps are done. A replacement has steps for the old and for the new: the last that leaves something counts. */
function resourcesOf(steps: readonly Step[]): PolicyResource[] {
  const left = new Map<string, PolicyResource>();
  for (const { urn, op, newState } of steps) {
    if (newState === undefined || op.startsWith("delete") || newState.custom === false) continue;
    const { type, inputs = {}, protect = false } = newState;
    left.set(urn, { urn, type, name: urn.slice(urn.lastIndexOf("::") + 2), props: inputs, protect });
  }
  return [...left.values()];
}
