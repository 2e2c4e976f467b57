import * as pulumi from "@pulumi/pulumi";
import { describeFaults } from "./faults.ts";
import type { Settings } from "./model.ts";
import { parseSettings, type RawSettings } from "./parse.ts";
import type { PlatformSettingsOfStack } from "./platform/model.ts";
import { isPlatform, parsePlatform } from "./platform/parse.ts";
import { RestoreStage, restoreKey } from "./restore.ts";
import { declaredSecrets } from "./secrets.ts";
import { readSiblings } from "./siblings.ts";

export { ApplicationSettings } from "./application.schema.ts";
export { EnvironmentSettings } from "./environment.schema.ts";
export type { Settings } from "./model.ts";
export { ReleaseSettings } from "./release.schema.ts";

export interface LoadedSettings extends Settings {
  /** Values of the secrets that exist in this environment, by key. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
}

// The SDK has it, its typings leave it out: the program would otherwise have to read the engine's environment variables.
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/**
 * The stack's settings, or one error that lists everything wrong with them. The only place where the program reads configuration. What
 * kind of stack it is, its settings alone say.
 */
export function loadStack(): LoadedSettings | PlatformSettingsOfStack {
  const raw = readRaw();
  if (!isPlatform(raw)) return loadSettings();
  const parsed = parsePlatform(raw);
  if (!parsed.ok) throw new pulumi.RunError(describeFaults(parsed.faults));
  return parsed.settings;
}

/** The settings of an environment. */
export function loadSettings(): LoadedSettings {
  const raw = readRaw();
  const { stack } = raw;
  const parsed = parseSettings(raw);
  if (!parsed.ok) throw new pulumi.RunError(describeFaults(parsed.faults));
  const config = new pulumi.Config();
  const { application, environment } = parsed.settings;
  const secrets = declaredSecrets(application, stack, environment).map(({ key }) => [key, config.requireSecret(key)]);
  return { ...parsed.settings, secrets: Object.fromEntries(secrets) };
}

/** What `liftlock restore` tells this run, if anything. */
export function readRestore(): RestoreStage | undefined {
  const text = new pulumi.Config().get(restoreKey);
  return text === undefined ? undefined : RestoreStage.parse(JSON.parse(text));
}

function readRaw(): RawSettings {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  const { [`${project}:${restoreKey}`]: _, ...values } = pulumi.runtime.allConfig();
  const secretKeys = Object.keys(values).filter(isConfigSecret);
  return { project, stack, values, secretKeys, siblings: readSiblings(process.cwd(), project, stack) };
}
