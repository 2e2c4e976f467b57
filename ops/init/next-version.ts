import { inc, rsort, valid } from "semver";
import { parse } from "yaml";
import type { Files } from "./files.ts";

/** The minor version after the highest that the stack files name: what a project's next release may be called. */
export function nextVersion(files: Files): string {
  const named = Object.values(files).flatMap((text) => {
    const { config } = parse(text) as { config?: Record<string, { version?: unknown }> };
    return Object.entries(config ?? {}).flatMap(([key, value]) => (key.endsWith(":release") ? (valid(String(value.version)) ?? []) : []));
  });
  return inc(rsort(named)[0] ?? "0.0.0", "minor")!;
}
