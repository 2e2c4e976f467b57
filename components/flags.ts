import type { FlagValue } from "./configuration.schema.ts";

/** Where every service that wants flags finds them. A directory, not a single file: only then does a running pod see a change. */
export const flagsDirectory = "/etc/flags";

/**
 * Feature flags in flagd's format, which every OpenFeature provider for flagd reads: https://flagd.dev/reference/flag-definitions/
 * A share is `fractional`: flagd hashes flag and targeting key, so a user keeps the answer, and a larger share only adds users.
 */
export function flagsFile(flags: Readonly<Record<string, FlagValue>>): string {
  const entries = Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1));
  const definitions = Object.fromEntries(entries.map(([name, value]) => [name, definitionOf(value)]));
  return `${JSON.stringify({ $schema: "https://flagd.dev/schema/v0/flags.json", flags: definitions }, null, 2)}\n`;
}

function definitionOf(value: FlagValue): object {
  const base = { state: "ENABLED", variants: { on: true, off: false } };
  if (typeof value === "boolean") return { ...base, defaultVariant: value ? "on" : "off" };
  const share = [
    ["on", value.percent],
    ["off", 100 - value.percent],
  ];
  return { ...base, defaultVariant: "off", targeting: { fractional: share } };
}
