import semver from "semver";
import { SemVer } from "../../components/primitives.ts";
import { UserError } from "../user-error.ts";

/** Refuses what is no version, and one that is not above `previous` unless somebody says why. */
export function checkVersion(version: string, previous: string | undefined, reason: string | undefined): void {
  const parsed = SemVer.safeParse(version);
  if (!parsed.success) {
    const meant = semver.valid(version) ?? semver.coerce(version)?.version;
    const hint = meant === undefined || meant === version ? "" : ` Did you mean ${meant}?`;
    throw new UserError(`"${version}" ${parsed.error.issues[0]?.message}.${hint}`, 2);
  }
  if (previous === undefined || semver.gt(version, previous) || reason !== undefined) return;
  throw new UserError(
    `${version} is not above ${previous}, the highest release so far. Take the next version, such as ${semver.inc(previous, "patch")}, or say why with --reason "…".`,
    2,
  );
}

/** The highest of these; text that is no version does not count. */
export const highest = (versions: readonly string[]): string | undefined =>
  semver.rsort(versions.filter((v) => semver.valid(v) !== null))[0];
