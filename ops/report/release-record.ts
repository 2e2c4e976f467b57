import type { Change } from "./changes.ts";

/** The release record's ConfigMap: its content is the release itself, which the lines about images have told already. */
export function recordedRelease({ urn, kind, new: next }: Change): string | undefined {
  if (kind !== "ConfigMap" || !/\$?liftlock:release:ReleaseRecord\$/.test(urn)) return undefined;
  const { data } = (next?.inputs ?? {}) as { data?: Record<string, unknown> };
  try {
    const { version } = JSON.parse(String(data?.["release.json"])) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
