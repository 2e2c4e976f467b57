import type { z } from "zod";
import { ApplicationSettings } from "./application.schema.ts";
import { EnvironmentSettings } from "./environment.schema.ts";
import { type Fault, type Finding, findingsOf, inWords, type Part, toFault } from "./faults.ts";
import type { Settings } from "./model.ts";
import { ReleaseSettings } from "./release.schema.ts";
import { checkAccess } from "./rules/access.ts";
import { checkAdopted } from "./rules/adopted.ts";
import { checkEnvironmentAzure } from "./rules/azure.ts";
import { checkConfiguration, checkFlags } from "./rules/configuration.ts";
import { checkCopy } from "./rules/copy.ts";
import { findCredentials } from "./rules/credentials.ts";
import { checkDatabase, checkDatabaseDeclaration } from "./rules/database.ts";
import { checkGates } from "./rules/gates.ts";
import { checkEnvironmentGithub, checkRepository } from "./rules/github.ts";
import { checkMonitoring, checkMonitoringDeclaration } from "./rules/monitoring.ts";
import { checkAddresses, type Sibling } from "./rules/network.ts";
import { checkNotifications } from "./rules/notifications.ts";
import { checkPromotion } from "./rules/promotion.ts";
import { checkRelease } from "./rules/release.ts";
import { checkScale } from "./rules/scale.ts";
import { checkServices } from "./rules/services.ts";
import { checkStrategies } from "./rules/strategy.ts";
import { salvage } from "./salvage.ts";
import { checkSecrets } from "./secrets.ts";
import { RolloutSettings } from "./strategy/strategy.schema.ts";

/** A stack's configuration as Pulumi hands it to a program. */
export interface RawSettings {
  project: string;
  stack: string;
  /** Full keys (`project:key`) to text; JSON text for `application`, `environment`, `release`. */
  values: Readonly<Record<string, string>>;
  /** Full keys of what is encrypted in the stack file. */
  secretKeys: Iterable<string>;
  siblings?: readonly Sibling[];
}

export type Parsed = { ok: true; settings: Settings } | { ok: false; faults: Fault[] };

const schemas = { application: ApplicationSettings, environment: EnvironmentSettings, release: ReleaseSettings, rollout: RolloutSettings };
/** What a part that may be left out is then. */
const absent: Record<string, string> = { rollout: "{}" };
const structured = Object.keys(schemas) as (keyof typeof schemas)[];

/** Checks a stack's settings as a whole: everything that is wrong, each with its file, path and remedy. Needs no engine and no cluster. */
export function parseSettings(raw: RawSettings): Parsed {
  const prefix = `${raw.project}:`;
  const own = (keys: Iterable<string>) => [...keys].flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  const encrypted = new Set(own(raw.secretKeys));
  const findings: Finding[] = [];

  const read = <K extends keyof typeof schemas>(part: K): z.output<(typeof schemas)[K]> | undefined => {
    const text = raw.values[prefix + part] ?? absent[part];
    const outcome = readPart(part, schemas[part], text, encrypted.has(part));
    findings.push(...outcome.findings);
    return outcome.value as z.output<(typeof schemas)[K]> | undefined;
  };
  const application = read("application");
  const environment = read("environment");
  const release = read("release");
  const rollout = read("rollout");
  const shape = [...findings];

  const apply = (rule: () => Finding[]) => findings.push(...applied(rule, shape));
  // Without the names that tie the parts together, a rule would report faults that are none.
  const named = application !== undefined && !shape.some(blursNames);
  if (named) {
    const flat = own(Object.keys(raw.values)).filter((key) => !(structured as string[]).includes(key));
    apply(() => checkPromotion(application, raw.stack));
    apply(() => checkGates(application));
    apply(() => checkRepository(application));
    apply(() => checkNotifications(application));
    apply(() => checkServices(application));
    apply(() => checkMonitoringDeclaration(application));
    apply(() => checkDatabaseDeclaration(application));
    apply(() => checkSecrets(application, raw.stack, flat, encrypted, environment));
  }
  if (named && environment !== undefined) {
    apply(() => checkScale(application, environment));
    apply(() => checkConfiguration(application, environment, raw.stack));
    apply(() => checkFlags(application, environment));
    apply(() => checkDatabase(application, environment));
    apply(() => checkAccess(application, environment, raw.stack));
    apply(() => checkStrategies(application, environment, rollout ?? {}));
    apply(() => checkAdopted(application, environment, rollout ?? {}));
    apply(() => checkCopy(application, environment, raw.stack, raw.siblings ?? []));
    apply(() => checkAddresses(application, environment, raw.siblings ?? []));
    apply(() => checkMonitoring(application, environment, raw.stack));
    apply(() => checkEnvironmentAzure(application, environment, raw.stack));
    apply(() => checkEnvironmentGithub(application, environment.github, raw.siblings ?? []));
  }
  if (named && release !== undefined) apply(() => checkRelease(application, release, raw.stack));

  if (application === undefined || environment === undefined || release === undefined || rollout === undefined || findings.length > 0) {
    return { ok: false, faults: findings.map((finding) => toFault(finding, raw.stack)) };
  }
  return { ok: true, settings: { project: raw.project, stack: raw.stack, application, environment, release, rollout } };
}

/**
 * A rule's findings beside what is known to be at fault already. What was salvaged of a refused part has holes: a rule that falls into one
 * says nothing this time, and what it says of a hole itself has been said.
 */
export function applied(rule: () => Finding[], known: readonly Finding[]): Finding[] {
  try {
    return rule().filter((finding) => !known.some((fault) => overlaps(fault, finding)));
  } catch (error) {
    if (known.length > 0 && error instanceof TypeError) return [];
    throw error;
  }
}

const overlaps = (a: Finding, b: Finding): boolean =>
  a.part === b.part && a.path.slice(0, b.path.length).every((key, index) => key === b.path[index]);

/** Does this fault hide which services, sets or keys there are? */
export const blursNames = ({ part, path }: Finding): boolean =>
  part === "application" && (path.length < 2 || path.at(-1) === "name" || path.at(-1) === "kind" || typeof path.at(-1) === "number");

export function readPart(
  part: Part,
  schema: z.ZodType,
  text: string | undefined,
  encrypted: boolean,
): { value?: unknown; findings: Finding[] } {
  const fault = (message: string): { findings: Finding[] } => ({ findings: [{ part, path: [], message }] });
  if (text === undefined) return fault("is missing: add it");
  // A secret inside a structured value would lose its mark when the value is read (pulumi/pulumi#7127).
  if (encrypted) return fault("holds an encrypted value: move it to a flat secret key beside it");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fault("must be a mapping of settings");
  }
  const findings = findCredentials(json).map(
    ({ path, kind }): Finding => ({
      part,
      path,
      message: `looks like ${kind}: declare it in application.secrets, set it as a secret, and change it, since git has seen it`,
    }),
  );
  const parsed = schema.safeParse(json, { error: inWords });
  return parsed.success
    ? { value: parsed.data, findings }
    : { value: salvage(schema, json), findings: [...findings, ...findingsOf(parsed.error, part)] };
}
