import { UserError } from "../../../ops/user-error.ts";
import type { ConfigValue, StackConfig } from "../state.ts";
import { fromProjectFile } from "./config-value.ts";
import type { YamlFile } from "./yaml-file.ts";

/** A key of Pulumi.yaml's `config:`: a value that every stack has, or what a stack's own value must be. */
export interface ConfigDeclaration {
  /** Full key, `project:key`. */
  key: string;
  type?: ConfigType;
  secret: boolean;
  /** What a stack gets that has no value of its own. */
  fallback?: ConfigValue;
  /** Where it stands, `file:line:column`. */
  place: string;
}
interface ConfigType {
  type: string;
  items?: ConfigType;
}

const TYPES = ["string", "integer", "boolean", "array", "object"];

/** `config:` of Pulumi.yaml, checked by Pulumi's rules (sdk/go/common/workspace/project.go). */
export function readDeclarations(yaml: YamlFile, projectName: string): ConfigDeclaration[] {
  const config = yaml.data.config ?? {};
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new UserError(`${yaml.at(["config"])}: "config" must hold keys and values.`);
  return Object.entries(config).map(([name, value]) => declaration(name, value, projectName, yaml.at(["config", name])));
}

function declaration(name: string, value: unknown, projectName: string, place: string): ConfigDeclaration {
  const fault = (problem: string): UserError => new UserError(`${place}: configuration key "${name}" ${problem}.`);
  const key = fullKey(name, projectName);
  if (key === undefined) throw fault("is no key: write `name` or `namespace:name`");
  const own = key.startsWith(`${projectName}:`);
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return { key, secret: false, fallback: fromProjectFile(value), place };
  const declared = value as { type?: unknown; items?: unknown; value?: unknown; default?: unknown; secret?: unknown };
  const surplus = Object.keys(declared).find((k) => !["type", "items", "description", "default", "value", "secret"].includes(k));
  if (surplus !== undefined)
    throw fault(`has "${surplus}", which Pulumi does not know there. To give every stack this value, put it under \`value:\``);
  if (declared.value != null && declared.default != null) throw fault("has both a `value` and a `default`: keep one");
  if (!own && (declared.type !== undefined || declared.default != null))
    throw fault("belongs to another namespace, so it takes a `value` only");
  if (!own && declared.value == null) throw fault("belongs to another namespace, so it needs a `value`");
  const type = declared.type === undefined ? undefined : readType(declared, fault);
  const given = declared.value ?? declared.default;
  const fallback = given == null ? undefined : fromProjectFile(given);
  if (type && fallback && !matches(fallback, type)) throw fault(`has a value that is not of its type "${typeName(type)}"`);
  return { key, type, secret: declared.secret === true, fallback, place };
}

function readType(declared: { type?: unknown; items?: unknown }, fault: (problem: string) => UserError): ConfigType {
  const { type, items } = declared;
  if (typeof type !== "string" || !TYPES.includes(type)) throw fault(`has an unknown type: use one of ${TYPES.join(", ")}`);
  if (type !== "array") return { type };
  if (typeof items !== "object" || items === null) throw fault("is an array, so it needs `items` with their type");
  return { type, items: readType(items, fault) };
}

/** Everything about the merged configuration that contradicts the declarations: one line each. */
export function configProblems(declarations: readonly ConfigDeclaration[], config: StackConfig, projectName: string): string[] {
  const problems: string[] = [];
  for (const { key, type, secret, place } of declarations) {
    const value = config[key];
    const name = key.startsWith(`${projectName}:`) ? key.slice(projectName.length + 1) : key;
    if (value === undefined) problems.push(`${name} is missing (${place} declares it)`);
    else if (secret && !value.secret)
      problems.push(`${name} is a secret (${place}) and stands in clear: store it with \`pulumi config set --secret ${name}\``);
    else if (type && !value.undecryptable && !matches(value, type)) problems.push(`${name} must be of type "${typeName(type)}" (${place})`);
  }
  return problems;
}

const typeName = (type: ConfigType): string => (type.items ? `array<${typeName(type.items)}>` : type.type);

const matches = (value: ConfigValue, type: ConfigType): boolean =>
  contentMatches(value.object ? JSON.parse(value.value) : value.value, type);

/** A scalar of a stack file reaches the program as text: text that reads as the type counts. */
function contentMatches(content: unknown, { type, items }: ConfigType): boolean {
  if (type === "string") return typeof content === "string";
  if (type === "integer") return Number.isInteger(content) || (typeof content === "string" && /^[-+]?\d+$/.test(content));
  if (type === "boolean") return typeof content === "boolean" || content === "true" || content === "false";
  if (type === "object") return typeof content === "object" && content !== null && !Array.isArray(content);
  return Array.isArray(content) && items !== undefined && content.every((item) => contentMatches(item, items));
}

/** `key` or `namespace:key` (or its old form `namespace:config:key`) as `namespace:key`; undefined when it is neither. */
export function fullKey(name: string, projectName: string): string | undefined {
  const parts = name.split(":");
  if (parts.some((p) => p === "")) return undefined;
  if (parts.length === 1) return `${projectName}:${name}`;
  if (parts.length === 2) return name;
  return parts.length === 3 && parts[1] === "config" ? `${parts[0]}:${parts[2]}` : undefined;
}
