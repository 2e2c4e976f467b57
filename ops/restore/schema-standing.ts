import type { Release } from "../promotion/configuration.ts";

/** What data of a schema means for the release that is to run on it: refused, or migrated again. `schema`: "" before any migration. */
export function schemaStanding({
  stack,
  schema,
  release,
  applied,
}: {
  stack: string;
  schema: string | undefined;
  release: Release;
  /** Schema versions that ran, oldest first. */
  applied: readonly string[];
}): { refused?: string; line?: string } {
  if (schema === undefined || applied.length === 0) return {};
  const wants = release.schemaVersion === undefined ? applied.length - 1 : applied.indexOf(release.schemaVersion);
  const has = schema === "" ? -1 : applied.indexOf(schema);
  if (schema !== "" && has < 0)
    return {
      refused: `its data has the schema ${schema}, which ${stack} does not know: restore one of another time, or bring up the release that brought it first`,
    };
  if (has > wants)
    return { refused: `its data has the schema ${schema}, which is newer than ${release.version} (${release.schemaVersion}) knows` };
  if (has < wants)
    return {
      line: `Its data is older than the schema of ${release.version}: when it starts again it migrates ${applied.slice(has + 1, wants + 1).join(", ")} once more, after a backup.`,
    };
  return {};
}
