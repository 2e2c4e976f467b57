import * as pulumi from "@pulumi/pulumi";
import { describeFaults } from "./faults.ts";
import type { Settings } from "./model.ts";
import { parseSettings } from "./parse.ts";
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

/** The stack's settings, or one error that lists everything wrong with them. The only place where the program reads configuration. */
export function loadSettings(): LoadedSettings {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  const values = pulumi.runtime.allConfig();
  const siblings = readSiblings(process.cwd(), project, stack);
  const parsed = parseSettings({ project, stack, values, secretKeys: Object.keys(values).filter(isConfigSecret), siblings });
  if (!parsed.ok) throw new pulumi.RunError(describeFaults(parsed.faults));
  const config = new pulumi.Config();
  const secrets = declaredSecrets(parsed.settings.application, stack).map(({ key }) => [key, config.requireSecret(key)]);
  return { ...parsed.settings, secrets: Object.fromEntries(secrets) };
}
