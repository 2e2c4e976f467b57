import type { Finding, Subject } from "../../drift/finding.ts";
import type { AppliedRule } from "./applied.ts";
import type { Authors } from "./authors.ts";
import { differences, SOURCE } from "./differences.ts";
import type { Dated, Variable } from "./live.ts";

/** Secrets and variables for workflows, in one place: an environment, or the repository. */
export interface Place {
  /** What they are called in findings: `EnvironmentSecret`, `production/KEY`. */
  readonly kinds: { readonly secret: string; readonly variable: string };
  readonly prefix: string;
  /** The audit log's word for the place: environment, repo. */
  readonly audited: string;
  /** Are those that no stack made findings, too? */
  readonly isStranger: (kind: "secret" | "variable", name: string) => boolean;
}

export interface Sides {
  readonly applied: { readonly secrets: readonly AppliedRule[]; readonly variables: readonly AppliedRule[] };
  readonly live: { readonly secrets: readonly Dated[]; readonly variables: readonly Variable[] };
}

/** What is written over, changed, gone or added. GitHub returns no secret, but when it was last written: another time is somebody else's write. */
export function keptFindings(place: Place, { applied, live }: Sides, authors: Authors): Finding[] {
  const secrets = keyed(place, "secret", applied.secrets, live.secrets);
  const variables = keyed(place, "variable", applied.variables, live.variables);
  const by = (kind: "secret" | "variable", key: string, time?: string) =>
    authors.of(new RegExp(`^${place.audited}\\..*actions_${kind}`), { key }, time);
  return [
    ...secrets.both.flatMap(([rule, found, subject]): Finding[] => {
      const written = rule.outputs.remoteUpdatedAt ?? rule.outputs.updatedAt;
      if (typeof written !== "string" || Date.parse(written) === Date.parse(found.updatedAt)) return [];
      const finding = made("changed", subject, by("secret", found.name, found.updatedAt));
      return [{ ...finding, path: "value", before: `written ${written}`, after: `written ${found.updatedAt}` }];
    }),
    ...variables.both.flatMap(([rule, { name, value, updatedAt }, subject]) =>
      differences(subject, { value: rule.inputs.value }, { value }, by("variable", name, updatedAt)),
    ),
    ...(
      [
        ["secret", secrets],
        ["variable", variables],
      ] as const
    ).flatMap(([kind, { lost, strange }]) => [
      ...lost.map(([name, subject]) => made("deleted", subject, by(kind, name))),
      ...strange.map(([found, subject]) => made("created", subject, by(kind, found.name, found.createdAt))),
    ]),
  ];
}

const made = (change: Finding["change"], subject: Subject, by: Finding["by"]): Finding => ({
  source: SOURCE,
  change,
  subject,
  ...(by === undefined ? {} : { by }),
});

/** What is on both sides, on ours alone, on GitHub's alone. GitHub writes these names in capitals. */
function keyed<T extends Dated>(place: Place, kind: "secret" | "variable", applied: readonly AppliedRule[], live: readonly T[]) {
  const subjectOf = (name: string, urn?: string): Subject => ({
    kind: place.kinds[kind],
    name: `${place.prefix}${name}`,
    ...(urn === undefined ? {} : { urn }),
  });
  const nameOf = ({ inputs }: AppliedRule) => String(inputs[`${kind}Name`]).toUpperCase();
  const found = (rule: AppliedRule) => live.find(({ name }) => name.toUpperCase() === nameOf(rule));
  return {
    both: applied.flatMap((rule): [AppliedRule, T, Subject][] => {
      const one = found(rule);
      return one === undefined ? [] : [[rule, one, subjectOf(one.name, rule.urn)]];
    }),
    lost: applied
      .filter((rule) => found(rule) === undefined)
      .map((rule): [string, Subject] => [nameOf(rule), subjectOf(nameOf(rule), rule.urn)]),
    strange: live
      .filter(({ name }) => !applied.some((rule) => nameOf(rule) === name.toUpperCase()) && place.isStranger(kind, name.toUpperCase()))
      .map((one): [T, Subject] => [one, subjectOf(one.name)]),
  };
}
