import { isRecord, type Json } from "../report/diff.ts";
import type { DeclaredResource } from "./declared.ts";

/** What is named differently in every environment, and means the same. */
export interface Names {
  readonly stack: string;
  readonly namespace?: string;
  readonly host?: string;
  /** Its own branch on GitHub. */
  readonly branch?: string;
  readonly application: string;
}

/**
 * The resources with `{namespace}`, `{host}` and `{stack}` in the place of the environment's own names, and `{name}` for what Pulumi or the
 * program generates, so that what follows from the environment alone is no difference.
 */
export function normalized(resources: readonly DeclaredResource[], names: Names): Map<string, Json> {
  const generated = new Map<string, string>();
  for (const { name, inputs } of resources) {
    const given = isRecord(inputs.metadata) ? inputs.metadata.name : undefined;
    if (typeof given === "string" && given !== name && given.startsWith(`${name}-`) && /^[0-9a-f]{5,}$/.test(given.slice(name.length + 1)))
      generated.set(given, `{${name}}`);
  }
  const replaced = replacer(names, generated);
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return replaced(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [replaced(key), walk(v)]));
  };
  const own = (type: string, inputs: Json) => (names.branch === undefined ? inputs : ownBranch(type, inputs, names.branch));
  return new Map(resources.map(({ type, name, inputs }) => [`${type} ${replaced(name)}`, walk(unnamed(type, own(type, inputs))) as Json]));
}

/** Azure wants a UUID for the name of a role's assignment: the program makes it of what the other fields say. */
const unnamed = (type: string, inputs: Json): Json =>
  type.endsWith(":RoleAssignment") && "roleAssignmentName" in inputs ? { ...inputs, roleAssignmentName: "{uuid}" } : inputs;

/** `{branch}` where rules on GitHub name the environment's own branch; elsewhere the same word may be any other's. */
function ownBranch(type: string, inputs: Json, branch: string): Json {
  const kind = type.split(":").at(-1);
  if (kind === "BranchProtection" && inputs.pattern === branch) return { ...inputs, pattern: "{branch}" };
  const { name, conditions } = inputs;
  if (kind !== "RepositoryRuleset" || !isRecord(conditions) || !isRecord(conditions.refName)) return inputs;
  const { includes } = conditions.refName;
  if (!Array.isArray(includes) || !includes.includes(`refs/heads/${branch}`)) return inputs;
  const named = includes.map((ref) => (ref === `refs/heads/${branch}` ? "refs/heads/{branch}" : ref));
  const title = typeof name === "string" && name.startsWith(`${branch}: `) ? `{branch}${name.slice(branch.length)}` : name;
  return {
    ...inputs,
    ...(title === undefined ? {} : { name: title }),
    conditions: { ...conditions, refName: { ...conditions.refName, includes: named } },
  };
}

/** The same for settings. */
export function replacer(
  { application, stack, namespace, host }: Names,
  generated: ReadonlyMap<string, string> = new Map(),
): (text: string) => string {
  const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const words: [RegExp, string][] = [];
  // `dev.` before a host makes it another host, and `somebody@` an address; a service's name before a namespace is an address in it.
  if (host !== undefined) words.push([new RegExp(`(?<![\\w.@-])${escaped(host)}(?![\\w-])`, "g"), "{host}"]);
  // How the program tells people, dashboards and alerts which environment it is, whatever its namespace is called.
  words.push([new RegExp(`(?<![\\w-])${escaped(application)}(: | in )${escaped(stack)}(?![\\w-])`, "g"), "{application}$1{stack}"]);
  if (namespace !== undefined) words.push([new RegExp(`(?<![\\w-])${escaped(namespace)}(?![\\w-])`, "g"), "{namespace}"]);
  words.push([new RegExp(`(?<![\\w-])${escaped(`${application}-${stack}`)}(?!\\w)`, "g"), "{application}-{stack}"]);
  words.push([new RegExp(`(environment=\\\\?")${escaped(stack)}(?=\\\\?")`, "g"), "$1{stack}"]);
  return (text) => {
    if (text === stack) return "{stack}";
    if (text === `${stack}.json`) return "{stack}.json";
    const known = generated.get(text);
    if (known !== undefined) return known;
    const named = words.reduce((t, [word, token]) => t.replace(word, token), text);
    return generated.size === 0 || text.length > 4000
      ? named
      : [...generated].reduce((t, [name, token]) => t.replaceAll(name, token), named);
  };
}
