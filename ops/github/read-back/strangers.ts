import picomatch from "picomatch";
import type { Finding } from "../../drift/finding.ts";
import type { AppliedRules } from "./applied.ts";
import type { Authors } from "./authors.ts";
import { SOURCE } from "./differences.ts";
import type { Live } from "./live.ts";
import { isOfRepository } from "./read-rulesets.ts";

/** Names of what all stacks of a project have on GitHub. */
export interface Known {
  readonly patterns: ReadonlySet<string>;
  readonly rulesets: ReadonlySet<string>;
  /** In lower case: GitHub knows an environment in any letters. */
  readonly environments: ReadonlySet<string>;
  /** Of the repository itself, in capitals: `secret KEY`, `variable REGION`. */
  readonly actions: ReadonlySet<string>;
}

export function knownOf(all: readonly AppliedRules[]): Known {
  const names = (pick: (rules: AppliedRules) => AppliedRules[keyof AppliedRules], key: string) =>
    new Set(all.flatMap((rules) => pick(rules).map(({ inputs }) => String(inputs[key]))));
  return {
    patterns: names(({ protections }) => protections, "pattern"),
    rulesets: names(({ rulesets }) => rulesets, "name"),
    environments: new Set([...names(({ environments }) => environments, "environment")].map((name) => name.toLowerCase())),
    actions: new Set([
      ...[...names(({ actionsSecrets }) => actionsSecrets, "secretName")].map((name) => `secret ${name.toUpperCase()}`),
      ...[...names(({ actionsVariables }) => actionsVariables, "variableName")].map((name) => `variable ${name.toUpperCase()}`),
    ]),
  };
}

/** Rules that no stack of the project made, and what they do to those that it made. */
export function strangers({ protections, rulesets, environments }: Live, known: Known, authors: Authors): Finding[] {
  const created = (kind: string, name: string, by: Finding["by"], note?: string): Finding => ({
    source: SOURCE,
    change: "created",
    subject: { kind, name },
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...(protections ?? [])
      .filter(({ pattern }) => !known.patterns.has(pattern))
      .map(({ pattern }) =>
        created("BranchProtection", pattern, authors.of(/^protected_branch\./, { name: pattern }), shadows(pattern, known.patterns)),
      ),
    ...(rulesets ?? [])
      .filter((one) => !known.rulesets.has(one.name) || !isOfRepository(one))
      .map(({ id, name, enforcement, rules, updated_at, source }) =>
        created(
          "Ruleset",
          name,
          authors.of(/^repository_ruleset\./, { ruleset_id: String(id) }, updated_at),
          `${enforcement}${source?.includes("/") === false ? `, of ${source} as a whole` : ""}: ${rules.map(({ type }) => type).join(", ") || "no rules"}; the stricter of it and ours counts`,
        ),
      ),
    ...(environments ?? [])
      .filter(({ name }) => !known.environments.has(name.toLowerCase()))
      .map(({ name, updatedAt }) =>
        created(
          "Environment",
          name,
          authors.of(/^environment\./, { environment_name: name }, updatedAt),
          "its secrets are there for every workflow that names it",
        ),
      ),
  ];
}

/** GitHub applies one rule a branch: the one that names it, before those with wildcards, and of these the oldest. */
function shadows(pattern: string, ours: ReadonlySet<string>): string | undefined {
  const wild = /[*?[]/.test(pattern);
  const taken = [...ours].filter((own) => (wild ? picomatch.isMatch(own, pattern) : /[*?[]/.test(own) && picomatch.isMatch(pattern, own)));
  if (taken.length === 0) return undefined;
  return wild
    ? `also matches ${taken.join(", ")}: it takes over when that rule goes`
    : `takes ${pattern} out of the rule for ${taken.join(", ")}: only one counts, and a name comes before a pattern`;
}
