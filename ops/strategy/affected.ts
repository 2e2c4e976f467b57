import { colourName } from "../../components/strategy/colours.ts";
import type { Step } from "../engine.ts";
import { isRecord } from "../report/diff.ts";
import { sorted } from "../report/sorted.ts";
import type { Rollout } from "./position.ts";

/**
 * Services whose pods would be replaced if their active colour took what the files say, from the steps of a preview of just that. It knows
 * what no comparison of settings does: secrets that were changed, too.
 */
export function affectedBy(steps: readonly Step[], rollout: Rollout): Set<string> {
  const names = new Map(Object.entries(rollout).map(([service, { active }]) => [colourName(service, active), service]));
  return new Set(
    steps.flatMap(({ op, urn, oldState, newState }) => {
      if (!/^(update|replace|create-replacement)$/.test(op)) return [];
      const [, name] = /\$kubernetes:apps\/v1:Deployment::(.+)$/.exec(urn) ?? [];
      const service = name === undefined ? undefined : names.get(name);
      return service === undefined || template(oldState?.inputs) === template(newState?.inputs) ? [] : [service];
    }),
  );
}

function template(inputs: unknown): string | undefined {
  const spec = isRecord(inputs) ? inputs.spec : undefined;
  return isRecord(spec) ? JSON.stringify(sorted(spec.template)) : undefined;
}
