import { UserError } from "../../../ops/user-error.ts";
import type { Crypter } from "../backend/crypter.ts";
import type { Project } from "../project.ts";
import type { StackConfig } from "../state.ts";
import { configProblems, fullKey } from "./config-schema.ts";
import { fromStackFile } from "./config-value.ts";
import { readYaml, type YamlFile } from "./yaml-file.ts";

/**
 * The configuration of a stack as the program reads it: the stack's own values, `overlay` over them, Pulumi.yaml's under them; keys in
 * order. `secure:` values are opened with the crypter of the stack's `encryptionsalt`; without one they become secret placeholders
 * (`undecryptableKeys` lists them). Throws UserErrors.
 */
export async function loadStackConfig(project: Project, stack: string, crypter?: Crypter, overlay: StackConfig = {}): Promise<StackConfig> {
  const yaml = readYaml(project.stackFile(stack));
  if (isNonEmpty(yaml.data.environment)) {
    throw new UserError(
      `${yaml.at(["environment"])}: the stack imports Pulumi ESC environments, which only the Pulumi CLI can read. Run it without --local.`,
    );
  }
  const merged: StackConfig = { ...project.configDefaults, ...stackValues(yaml, project, crypter), ...overlay };
  const problems = configProblems(project.declarations, merged, project.name);
  if (problems.length > 0)
    throw new UserError(
      [`The configuration of stack ${stack} does not fit:`, ...problems.map((p) => `  ${p}`), `Set it in ${yaml.file}.`].join("\n"),
    );
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `encryptionsalt` of a stack's settings file: what `passphraseCrypter` needs to open its `secure:` values. */
export function stackSalt(project: Project, stack: string): string | undefined {
  const { encryptionsalt } = readYaml(project.stackFile(stack)).data;
  return typeof encryptionsalt === "string" ? encryptionsalt : undefined;
}

export const undecryptableKeys = (config: StackConfig): string[] => Object.keys(config).filter((key) => config[key]!.undecryptable);

/** What the SDK's program runner reads configuration from. */
export function configEnvironment(config: StackConfig): { PULUMI_CONFIG: string; PULUMI_CONFIG_SECRET_KEYS: string } {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]))),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(Object.keys(config).filter((key) => config[key]!.secret)),
  };
}

function stackValues(yaml: YamlFile, project: Project, crypter: Crypter | undefined): StackConfig {
  const config = yaml.data.config ?? {};
  if (typeof config !== "object" || Array.isArray(config))
    throw new UserError(`${yaml.at(["config"])}: "config" must hold keys and values.`);
  const values: StackConfig = {};
  for (const [name, value] of Object.entries(config as Record<string, unknown>)) {
    const place = yaml.at(["config", name]);
    const key = fullKey(name, project.name);
    if (key === undefined) throw new UserError(`${place}: "${name}" is no configuration key: write \`name\` or \`namespace:name\`.`);
    if (Object.hasOwn(values, key)) throw new UserError(`${place}: "${name}" sets ${key} a second time. Keep one of the two.`);
    try {
      values[key] = fromStackFile(value, crypter);
    } catch (error) {
      throw new UserError(
        `${place}: the secret "${name}" cannot be opened: ${(error as Error).message}. Set it anew with \`pulumi config set --secret ${name}\`.`,
      );
    }
  }
  return values;
}

const isNonEmpty = (value: unknown): boolean => typeof value === "object" && value !== null && Object.keys(value).length > 0;
