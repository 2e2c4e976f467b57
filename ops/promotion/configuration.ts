import { createHash } from "node:crypto";
import { ReleaseSettings } from "../../components/release.schema.ts";
import { releaseId } from "../../components/release.ts";
import type { HistoryEntry } from "../engine.ts";
import type { ReleaseReference } from "../ledger/event.ts";
import { isRecord, type Leaf, leaves } from "../report/diff.ts";
import { sorted } from "../report/sorted.ts";

/** A stack's configuration as its history keeps it: full keys, plain values, secrets without their value. */
export type Configuration = HistoryEntry["config"];
export type Release = ReleaseSettings;

/** `Engine.config()` in the shape that history has. */
export function configurationOf(config: Readonly<Record<string, string>>): Configuration {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (value === "[secret]") return [key, { secret: true }];
      const structure = structureIn(value);
      return [key, { value, ...(structure === undefined ? {} : { objectValue: structure }), secret: false }];
    }),
  );
}

/** The structure that a text is in JSON; undefined for any other text, also a number's. */
function structureIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value of a project's own key. */
export const settingOf = (configuration: Configuration, project: string, key: string): unknown => {
  const entry = configuration[`${project}:${key}`];
  return entry?.objectValue ?? entry?.value;
};

/** The same configuration with another value under a project's own key. */
export const withValue = (configuration: Configuration, project: string, key: string, value: unknown): Configuration => ({
  ...configuration,
  [`${project}:${key}`]: { value: JSON.stringify(value), objectValue: value, secret: false },
});

/** A release as a stack file, a history entry or the output `release` has it; undefined for anything else. */
export function readRelease(value: unknown): Release | undefined {
  if (!isRecord(value)) return undefined;
  const { id: _, ...release } = value;
  return ReleaseSettings.safeParse(release).data;
}

export const releaseOf = (configuration: Configuration, project: string): Release | undefined =>
  readRelease(settingOf(configuration, project, "release"));

/** The release as the ledger names it. */
export function referenceOf(release: Release): ReleaseReference {
  const { version, commit, schemaVersion, images } = release;
  return { id: releaseId(release), version, commit, ...(schemaVersion === undefined ? {} : { schemaVersion }), images };
}

/** Everything that is set beside the release, and beside where a rollout stands: what differs between two configurations, path by path. Secrets cannot be compared. */
export function differences(before: Configuration, after: Configuration, project: string): Leaf[] {
  return leaves(settingsOf(before, project), settingsOf(after, project));
}

/** Digest of the plain values beside the release: two runs of one release with the same digest had the same configuration. */
export function digestOf(configuration: Configuration, project: string): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(settingsOf(configuration, project))))
    .digest("hex")
    .slice(0, 16);
}

function settingsOf(configuration: Configuration, project: string): Record<string, unknown> {
  const keys = Object.keys(configuration).filter(
    (key) => key !== `${project}:release` && key !== `${project}:rollout` && !configuration[key]!.secret,
  );
  return Object.fromEntries(
    keys.map((key) => [
      key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key,
      configuration[key]!.objectValue ?? configuration[key]!.value,
    ]),
  );
}
