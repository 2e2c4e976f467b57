import picomatch from "picomatch";
import type { PolicyResource, Violation } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/** `application.policy.exemptions`: what a team breaks on purpose, why, and until when. */
export interface Exemption {
  readonly rule: string;
  /** Pattern over the resource as findings name it, such as `Service public-*`. */
  readonly resource: string;
  readonly reason: string;
  /** ISO date; the day after it the rule holds again. */
  readonly expires: string;
}

export interface Finding extends Violation {
  readonly rule: string;
  /** For people: `Deployment api`. */
  readonly resource: string;
  /** Why the exemption that names it does not hold (any more). */
  readonly note?: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  readonly exempt: readonly (Finding & { readonly reason: string; readonly expires: string })[];
  /** Exemptions that no finding needs, or that name no rule. */
  readonly idle: readonly { readonly exemption: Exemption; readonly because: string }[];
}

/** Holds the resources of a stack against every rule. */
export function evaluate(resources: readonly PolicyResource[], exemptions: readonly Exemption[], now: Date): Verdict {
  const names = new Map(resources.map(({ urn, type, name }) => [urn, `${type.slice(type.lastIndexOf(":") + 1)} ${name}`]));
  const today = now.toISOString().slice(0, 10);
  const used = new Set<Exemption>();
  const findings: Finding[] = [];
  const exempt: Verdict["exempt"][number][] = [];
  for (const rule of RULES) {
    for (const violation of rule.check(resources)) {
      const finding: Finding = { rule: rule.name, resource: names.get(violation.urn) ?? violation.urn, ...violation };
      const matching = exemptions.filter(
        (one) => one.rule === rule.name && picomatch.isMatch(finding.resource, one.resource, { nonegate: true }),
      );
      for (const exemption of matching) used.add(exemption);
      const holding = matching.find(({ expires }) => expires >= today);
      if (holding !== undefined) exempt.push({ ...finding, reason: holding.reason, expires: holding.expires });
      else {
        const past = matching[0];
        findings.push(past === undefined ? finding : { ...finding, note: `its exemption ended on ${past.expires} (${past.reason})` });
      }
    }
  }
  const known = new Set(RULES.map(({ name }) => name));
  const idle = exemptions.flatMap((exemption) => {
    if (!known.has(exemption.rule))
      return [{ exemption, because: `there is no rule "${exemption.rule}"; there are ${[...known].join(", ")}` }];
    return used.has(exemption) ? [] : [{ exemption, because: "nothing here needs it" }];
  });
  return { findings, exempt, idle };
}
