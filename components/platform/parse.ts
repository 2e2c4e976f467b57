import { ApplicationSettings } from "../application.schema.ts";
import { type Fault, type Finding, toFault } from "../faults.ts";
import { applied, blursNames, type RawSettings, readPart } from "../parse.ts";
import { checkPlatformAzure } from "../rules/azure-platform.ts";
import { checkGates } from "../rules/gates.ts";
import { checkGateway } from "../rules/gateway.ts";
import { checkRepository } from "../rules/github.ts";
import { checkPlatformGithub } from "../rules/platform.ts";
import { checkServices } from "../rules/services.ts";
import { declaredSecrets } from "../secrets.ts";
import type { PlatformSettingsOfStack } from "./model.ts";
import { PlatformSettings } from "./platform.schema.ts";

export type ParsedPlatform = { ok: true; settings: PlatformSettingsOfStack } | { ok: false; faults: Fault[] };

/** One key makes a stack a platform stack; its name says nothing. */
export const isPlatform = ({ project, values }: Pick<RawSettings, "project" | "values">): boolean =>
  values[`${project}:platform`] !== undefined;

/** Checks the settings of a platform stack as a whole, as parseSettings does for an environment. */
export function parsePlatform(raw: RawSettings): ParsedPlatform {
  const key = (name: string) => `${raw.project}:${name}`;
  const encrypted = new Set(raw.secretKeys);
  const findings: Finding[] = [];
  const read = (part: "application" | "platform", schema: typeof ApplicationSettings | typeof PlatformSettings): unknown => {
    const outcome = readPart(part, schema, raw.values[key(part)], encrypted.has(key(part)));
    findings.push(...outcome.findings);
    return outcome.value;
  };
  const application = read("application", ApplicationSettings) as ApplicationSettings | undefined;
  const platform = read("platform", PlatformSettings) as PlatformSettings | undefined;
  const shape = [...findings];
  const apply = (rule: () => Finding[]) => findings.push(...applied(rule, shape));

  findings.push(...strangers(raw, application));
  if (application !== undefined && !shape.some(blursNames)) {
    apply(() => checkGates(application));
    apply(() => checkServices(application));
    apply(() => checkRepository(application));
    if (platform !== undefined) apply(() => checkPlatformGithub(application, platform, raw.siblings ?? []));
    if (platform !== undefined) apply(() => checkGateway(platform));
    if (platform?.azure !== undefined) apply(() => checkPlatformAzure(application, platform.azure, raw.stack));
  }
  if (application === undefined || platform === undefined || findings.length > 0)
    return { ok: false, faults: findings.map((finding) => toFault(finding, raw.stack)) };
  return { ok: true, settings: { project: raw.project, stack: raw.stack, application, platform } };
}

/** Keys that have no place in a platform stack. */
function strangers({ project, stack, values }: RawSettings, application: ApplicationSettings | undefined): Finding[] {
  const declared = new Set(declaredSecrets(application).map(({ key }) => key));
  const onPath: Finding[] = application?.promotion.path.includes(stack)
    ? [
        {
          part: "application",
          path: ["promotion", "path"],
          message: `names "${stack}", which is no environment but a platform stack: take it off the path`,
        },
      ]
    : [];
  return [
    ...onPath,
    ...Object.keys(values).flatMap((full): Finding[] => {
      if (!full.startsWith(`${project}:`)) return [];
      const key = full.slice(project.length + 1);
      if (key === "application" || key === "platform" || declared.has(key)) return [];
      const both = key === "environment" || key === "release";
      const message = both
        ? "stands beside platform: a stack is an environment or a platform, so move one of them to a stack of its own"
        : "is not a known setting; known here: platform";
      return [{ part: "secrets", path: [key], message }];
    }),
  ];
}
