import type { ApplicationSettings } from "../../components/application.schema.ts";
import { describeFaults, findingsOf, inWords, toFault } from "../../components/faults.ts";
import { ReleaseSettings } from "../../components/release.schema.ts";
import { releaseId } from "../../components/release.ts";
import { checkRelease } from "../../components/rules/release.ts";
import type { HappeningOf, LedgerEvent, ReleaseReference } from "../ledger/event.ts";
import type { Git } from "../ledger/git.ts";
import { UserError } from "../user-error.ts";
import { imagesFor, pinned } from "./images.ts";
import type { Registry } from "./registry.ts";
import { commitsSince, findSource } from "./source.ts";
import { checkVersion, highest } from "./version.ts";

export interface Wanted {
  readonly version: string;
  /** `service=image`. */
  readonly images: readonly string[];
  readonly commit?: string | undefined;
  readonly schemaVersion?: string | undefined;
  /** `name=expand` or `name=contract`, oldest first. */
  readonly migrations?: readonly string[] | undefined;
  /** Why a rule about versions or tags may be passed over. */
  readonly reason?: string | undefined;
}

export interface Surroundings {
  readonly git: Git;
  readonly registry: Registry;
  readonly application: ApplicationSettings;
  readonly events: readonly LedgerEvent[];
  /** Version that the first environment names now: it counts as a release from before there was a ledger. */
  readonly current?: Pick<ReleaseSettings, "version" | "commit"> | undefined;
}

export interface Created {
  readonly release: ReleaseSettings;
  readonly reference: ReleaseReference;
  /** Nothing to write down when the same release was made before. */
  readonly entry: HappeningOf<"release"> | undefined;
  readonly commits: number;
  readonly warnings: readonly string[];
}

export type ReleaseEvent = LedgerEvent & { readonly what: HappeningOf<"release"> };

export const releasesIn = (events: readonly LedgerEvent[]): ReleaseEvent[] =>
  events.filter((event): event is ReleaseEvent => event.what.kind === "release");

/** Makes a release out of a version: its commit, its images by digest, and what is new in it. Changes nothing yet. */
export async function createRelease(wanted: Wanted, { git, registry, application, events, current }: Surroundings): Promise<Created> {
  const { version } = wanted;
  const reason = wanted.reason?.trim() || undefined;
  const made = releasesIn(events);
  const same = made.findLast(({ what }) => what.release.version === version)?.what;
  const others = made.map(({ what }) => what.release.version).filter((v) => v !== version);
  // The first environment may name this version already: a second run after a first one that was interrupted.
  const before = current !== undefined && current.version !== version ? [current.version] : [];
  checkVersion(version, same === undefined ? highest([...others, ...before]) : undefined, reason);
  const source = await findSource(git, version, wanted.commit, reason);
  const images = await pinned(imagesFor(application, version, wanted.images), registry);
  const release = checked(application, {
    version,
    commit: source.commit,
    ...(wanted.schemaVersion === undefined ? {} : { schemaVersion: wanted.schemaVersion }),
    ...(wanted.migrations === undefined || wanted.migrations.length === 0 ? {} : { migrations: wanted.migrations.map(migration) }),
    images,
  });
  const reference = referenceOf(release);
  if (same !== undefined && same.release.id !== reference.id) {
    throw new UserError(
      `${version} was made before (${same.release.id}), of other content (now it would be ${reference.id}). A version names one content for ever: take the next one.`,
    );
  }
  const { warnings } = source;
  if (same !== undefined) return { release, reference, entry: undefined, commits: same.commits.length, warnings };
  const commits = await commitsSince(git, made.at(-1)?.what.release.commit ?? before.map(() => current?.commit)[0], release.commit);
  const entry = { kind: "release" as const, release: reference, commits, ...(reason === undefined ? {} : { reason }) };
  return { release, reference, entry, commits: commits.length, warnings };
}

function checked(application: ApplicationSettings, value: unknown): ReleaseSettings {
  const stack = application.promotion.path[0]!;
  const parsed = ReleaseSettings.safeParse(value, { error: inWords });
  const findings = parsed.success ? checkRelease(application, parsed.data, stack) : findingsOf(parsed.error, "release");
  if (parsed.success && findings.length === 0) return parsed.data;
  const text = describeFaults(findings.map((finding) => ({ ...toFault(finding, stack), file: "The release" })));
  throw new UserError(text.replace("release.schemaVersion: is missing:", "release.schemaVersion: is missing (--schema-version NAME):"), 2);
}

function referenceOf(release: ReleaseSettings): ReleaseReference {
  const { version, commit, schemaVersion, images } = release;
  return { id: releaseId(release), version, commit, ...(schemaVersion === undefined ? {} : { schemaVersion }), images };
}

function migration(text: string): { name: string; kind: string } {
  const [name, kind, more] = text.split("=");
  if (name && kind && more === undefined) return { name, kind };
  throw new UserError(`--migration takes NAME=expand or NAME=contract; not "${text}".`, 2);
}
