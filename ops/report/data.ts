import type { Change } from "./changes.ts";
import { isRecord, type Leaf, leaves } from "./diff.ts";
import { listed, printable, short, soundsSecret, transition } from "./text.ts";

/** At most this many values are shown with both sides; the rest are named. */
const SHOWN = 6;

/** What changed in the data of a ConfigMap, value by value: `LOG_LEVEL changed (info -> debug)`. */
export function configChanges(change: Change): string[] {
  const data = change.leaves.filter((leaf) => leaf.path[0] === "data" || leaf.path[0] === "binaryData");
  const said = data
    .flatMap((leaf) => (leaf.path.length === 1 ? leaves(leaf.before ?? {}, leaf.after ?? {}, leaf.path) : [leaf]))
    .flatMap(configChange);
  return said.length > SHOWN ? [...said.slice(0, SHOWN), `${said.length - SHOWN} more`] : said;
}

function configChange(leaf: Leaf): string[] {
  const key = leaf.path[1];
  if (key === undefined) return ["its data changed"];
  const name = printable(key);
  if (leaf.path[0] === "binaryData" || soundsSecret(key)) return [`${name} ${presence(leaf)}`];
  const structured = structure(leaf);
  if (structured) return [...flagChanges(leaf), ...fieldChanges(name, structured)];
  if (leaf.before === undefined || leaf.before === null) return [`${name} added (${short(leaf.after)})`];
  if (leaf.after === undefined || leaf.after === null) return [`${name} removed`];
  return [`${name} changed (${short(leaf.before)} -> ${short(leaf.after)})`];
}

const transitionOf = (leaf: Leaf): string => (leaf.path.some(soundsSecret) ? presence(leaf) : transition(leaf.before, leaf.after));

/** Two values that both hold JSON objects are compared field by field. */
function structure({ before, after }: Leaf): Leaf[] | undefined {
  const [left, right] = [parsed(before), parsed(after)];
  const found = left && right ? leaves(left, right) : [];
  return found.length > 0 ? found : undefined;
}

function parsed(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "string" || !value.trimStart().startsWith("{")) return undefined;
  try {
    const json: unknown = JSON.parse(value);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

const fieldChanges = (name: string, fields: readonly Leaf[]): string[] => {
  const others = fields.filter((field) => field.path[0] !== "flags");
  return others.length === 0
    ? []
    : [`${name} changed (${others.map((field) => `${field.path.map(printable).join(".")} ${transitionOf(field)}`).join(", ")})`];
};

/** Feature flags in the flagd format (https://flagd.dev/reference/flag-definitions/): `flag seatMap on -> on for 50 % of users`. */
function flagChanges({ before, after }: Leaf): string[] {
  const flags = (value: unknown): Record<string, unknown> => {
    const root = parsed(value)?.flags;
    return isRecord(root) ? root : {};
  };
  const [left, right] = [flags(before), flags(after)];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]),
  );
  return names.map((name) => {
    const [from, to] = [left[name], right[name]].map((flag) => (flag === undefined ? undefined : flagWords(flag)));
    return `flag ${printable(name)} ${from !== undefined && from === to ? "changed" : transition(from, to)}`;
  });
}

function flagWords(flag: unknown): string {
  if (!isRecord(flag)) return "not readable";
  if (flag.state === "DISABLED") return "disabled";
  const shares = isRecord(flag.targeting) ? flag.targeting.fractional : undefined;
  const on = Array.isArray(shares) ? shares.find((share) => Array.isArray(share) && share[0] === "on") : undefined;
  if (Array.isArray(on)) return `on for ${String(on[1])} % of users`;
  return `${short(flag.defaultVariant)}${flag.targeting === undefined ? "" : ", with targeting"}`;
}

const presence = ({ before, after }: Leaf): string => {
  if (before === undefined && after !== undefined) return "added";
  return after === undefined && before !== undefined ? "removed" : "changed";
};

/** What changed in a Secret: the names of its values, never a value. */
export function secretChanges(change: Change): string[] {
  const data = change.leaves.filter((leaf) => leaf.path[0] === "data" || leaf.path[0] === "stringData");
  const names = data.flatMap((leaf) =>
    leaf.path[1] === undefined
      ? [...new Set([leaf.before, leaf.after].flatMap((v) => (isRecord(v) ? Object.keys(v) : [])))]
      : [leaf.path[1]],
  );
  if (data.length === 0) return [];
  return [names.length === 0 ? "secret values changed" : `secret ${listed([...new Set(names)].map(printable).sort())} changed`];
}
