import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { PolicyPack, type PolicyResource as Reported } from "@pulumi/policy";
import { parse } from "yaml";
import { PolicySettings } from "../components/policy.schema.ts";
import { type Exemption, evaluate } from "./evaluate.ts";
import type { PolicyResource } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/** The same rules for the Pulumi CLI: `pulumi preview --policy-pack policy`, or the
 * folder dist/policy of the package. `liftlock preview` holds to them without it. */
new PolicyPack("liftlock", {
  enforcementLevel: "mandatory",
  policies: RULES.map((rule) => ({
    name: rule.name,
    description: rule.description,
    ...(rule.each
      ? {
          validateResource: ({ urn, type, name, props, opts }, report) => {
            for (const found of findings(rule.name, [{ urn, type, name, props, protect: opts.protect === true }])) report(said(found));
          },
        }
      : {
          validateStack: ({ resources }, report) => {
            for (const found of findings(rule.name, resources.map(seen))) report(said(found), found.urn);
          },
        }),
  })),
});

const seen = ({ urn, type, name, props, opts }: Reported): PolicyResource => ({ urn, type, name, props, protect: opts.protect === true });
const findings = (rule: string, resources: readonly PolicyResource[]) =>
  evaluate(resources, exemptions(), new Date()).findings.filter((finding) => finding.rule === rule);
const said = ({ message, fix, note }: { message: string; fix: string; note?: string }): string =>
  `${message}. ${fix}${note === undefined ? "" : `; ${note}`}`;

/** The exemptions of the project in whose folder this one lies: beside it, or in its node_modules. */
function exemptions(): readonly Exemption[] {
  const file = projectFile(import.meta.dirname);
  if (file === undefined) return [];
  const { name, config = {} } = parse(readFileSync(file, "utf8")) as {
    name: string;
    config?: Record<string, { value?: { policy?: unknown } }>;
  };
  const application = config.application ?? config[`${name}:application`];
  return PolicySettings.parse(application?.value?.policy ?? {}).exemptions;
}

function projectFile(from: string): string | undefined {
  const above = path.dirname(from);
  if (above === from) return undefined;
  const file = path.join(above, "Pulumi.yaml");
  return existsSync(file) ? file : projectFile(above);
}
