import { PolicySettings } from "../../components/policy.schema.ts";
import { evaluate, type Verdict } from "../../policy/evaluate.ts";
import type { PolicyResource } from "../../policy/rule.ts";
import { type Configuration, settingOf } from "../promotion/configuration.ts";
import type { Seen } from "../report/inventory.ts";

/** Holds everything that a preview saw, changed or not, against the rules of the policy pack, as the Pulumi CLI does with `--policy-pack policy`. */
export function holdToPolicy(seen: readonly Seen[], configuration: Configuration, project: string, now: Date): Verdict {
  const application = settingOf(configuration, project, "application") as { policy?: unknown } | undefined;
  // Settings that are at fault were refused before; here they exempt nothing.
  const settings = PolicySettings.safeParse(application?.policy ?? {});
  return evaluate(resourcesOf(seen), settings.success ? settings.data.exemptions : [], now);
}

/** What will be there afterwards: what is deleted or discarded has no state to come. */
function resourcesOf(seen: readonly Seen[]): PolicyResource[] {
  return seen.flatMap(({ urn, type, new: state }) => {
    if (state === undefined || state.custom === false) return [];
    const { inputs = {}, protect = false } = state;
    return [{ urn, type, name: urn.slice(urn.lastIndexOf("::") + 2), props: inputs, protect }];
  });
}
