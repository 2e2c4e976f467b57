import type { Finding, Subject } from "../../drift/finding.ts";
import { isRecord, type Json } from "../../report/diff.ts";
import type { AppliedRule, AppliedRules } from "./applied.ts";
import type { Authors } from "./authors.ts";
import { differences, SOURCE } from "./differences.ts";
import { keptFindings, type Place } from "./kept.ts";
import type { LiveEnvironment } from "./live.ts";
import type { Rules } from "./protection.ts";

/** A GitHub Environment and all that is in it, beside what was applied. */
export function environmentFindings(
  applied: AppliedRule,
  all: AppliedRules,
  live: LiveEnvironment | undefined,
  authors: Authors,
): Finding[] {
  const name = String(applied.inputs.environment);
  const subject: Subject = { kind: "Environment", name, urn: applied.urn };
  const gone = authors.of(/^environment\.delete$/, { environment_name: name });
  if (live === undefined) return [{ source: SOURCE, change: "deleted", subject, ...(gone === undefined ? {} : { by: gone }) }];
  const by = authors.of(
    /^environment\.(create|update_protection_rule|add_protection_rule|remove_protection_rule)/,
    { environment_name: name },
    live.updatedAt,
  );
  const own = (rules: readonly AppliedRule[]) => rules.filter(({ inputs }) => inputs.environment === name);
  const ids = new Map(
    (live.settings.reviewers as { type: string; id: number; name: string }[]).map((one) => [`${one.type} ${one.id}`, one.name]),
  );
  const named = (reviewers: readonly string[]) => reviewers.map((one) => ids.get(one) ?? one).sort();
  const before: Rules = { ...settingsOf(applied.inputs), deployments: own(all.policies).map(patternOf).sort() };
  const after: Rules = {
    ...live.settings,
    reviewers: named((live.settings.reviewers as { type: string; id: number }[]).map(({ type, id }) => `${type} ${id}`)),
    deployments: [...live.policies].sort(),
  };
  const settings = differences(subject, { ...before, reviewers: named(before.reviewers as string[]) }, sided(after, before), by);
  const place: Place = {
    kinds: { secret: "EnvironmentSecret", variable: "EnvironmentVariable" },
    prefix: `${name}/`,
    audited: "environment",
    isStranger: () => true,
  };
  const sides = { applied: { secrets: own(all.secrets), variables: own(all.variables) }, live };
  return [...settings, ...keptFindings(place, sides, authors)];
}

/** Whether the one who asks may approve is told only together with reviewers. */
const sided = (live: Rules, applied: Rules): Rules =>
  (live.reviewers as unknown[]).length === 0 && (applied.reviewers as unknown[]).length === 0
    ? { ...live, preventSelfReview: applied.preventSelfReview }
    : live;

function settingsOf(inputs: Json): Rules {
  const [block] = Array.isArray(inputs.reviewers) ? inputs.reviewers.filter(isRecord) : [];
  const ids = (key: string, type: string) => (Array.isArray(block?.[key]) ? (block[key] as unknown[]) : []).map((id) => `${type} ${id}`);
  const policy = isRecord(inputs.deploymentBranchPolicy) ? inputs.deploymentBranchPolicy : undefined;
  const flag = (value: unknown) => value === true || value === "true";
  return {
    waitTimer: Number(inputs.waitTimer ?? 0),
    preventSelfReview: flag(inputs.preventSelfReview),
    // GitHub's own default, and the provider's.
    canAdminsBypass: inputs.canAdminsBypass === undefined ? true : flag(inputs.canAdminsBypass),
    reviewers: [...ids("teams", "Team"), ...ids("users", "User")],
    deployFrom: policy === undefined ? "anything" : flag(policy.protectedBranches) ? "protected branches" : "listed below",
  };
}

const patternOf = ({ inputs }: AppliedRule): string =>
  inputs.tagPattern === undefined ? `branch ${inputs.branchPattern}` : `tag ${inputs.tagPattern}`;
