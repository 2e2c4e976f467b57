import { isRecord, type Json } from "../../report/diff.ts";
import type { AppliedRule } from "./applied.ts";
import type { Rules } from "./protection.ts";
import type { LiveRuleset } from "./read-rulesets.ts";

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A ruleset as it was applied, in the API's words. */
export function appliedRuleset({ inputs }: AppliedRule): Rules {
  const rules = isRecord(inputs.rules) ? inputs.rules : {};
  const reference = isRecord(inputs.conditions) && isRecord(inputs.conditions.refName) ? inputs.conditions.refName : {};
  const bypass = Array.isArray(inputs.bypassActors) ? inputs.bypassActors.filter(isRecord) : [];
  return {
    target: inputs.target,
    enforcement: inputs.enforcement,
    include: sorted(reference.includes),
    exclude: sorted(reference.excludes),
    bypass_actors: bypass.map(({ actorType, actorId, bypassMode }) => `${actorType} ${actorId} (${bypassMode})`).sort(),
    ...Object.fromEntries(
      Object.entries(rules).flatMap(([key, value]): [string, unknown][] => {
        if (value === false || key === "updateAllowsFetchAndMerge") return [];
        return [[`rules.${snake(key)}`, value === true ? true : plain(value)]];
      }),
    ),
  };
}

export function liveRuleset({ target, enforcement, conditions, rules, bypass_actors }: LiveRuleset): Rules {
  const reference = isRecord(conditions) && isRecord(conditions.ref_name) ? conditions.ref_name : {};
  return {
    target,
    enforcement,
    include: sorted(reference.include),
    exclude: sorted(reference.exclude),
    // GitHub shows them to who may change the ruleset, and to nobody else.
    ...(bypass_actors === undefined
      ? {}
      : { bypass_actors: bypass_actors.map((one) => `${one.actor_type} ${one.actor_id} (${one.bypass_mode})`).sort() }),
    ...Object.fromEntries(
      rules.map(({ type, parameters }) => [`rules.${type}`, parameters === undefined || isEmpty(type, parameters) ? true : parameters]),
    ),
  };
}

const sorted = (value: unknown): string[] => (Array.isArray(value) ? value.map(String).sort() : []);
const isEmpty = (type: string, parameters: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(parameters).length === 0 || (type === "update" && parameters.update_allows_fetch_and_merge === false);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value as Json).map(([key, inner]) => [snake(key), plain(inner)]));
}
