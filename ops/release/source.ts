import type { HappeningOf } from "../ledger/event.ts";
import type { Git } from "../ledger/git.ts";
import { UserError } from "../user-error.ts";

export type Commit = HappeningOf<"release">["commits"][number];

export interface Tag {
  readonly name: string;
  /** An object of its own, with author, date and message; a lightweight tag is only a name. */
  readonly annotated: boolean;
  readonly commit: string;
}

/** The tag of a version: `v1.4.0`, or `1.4.0`. */
export async function findTag(git: Git, version: string): Promise<Tag | undefined> {
  const format = "%(refname:strip=2) %(objecttype) %(objectname) %(*objectname)";
  const listed = await git.text(["for-each-ref", `--format=${format}`, `refs/tags/v${version}`, `refs/tags/${version}`]);
  const [line] = listed.split("\n").filter(Boolean).reverse();
  if (line === undefined) return undefined;
  const [name, type, object, target] = line.split(" ") as [string, string, string, string];
  return { name, annotated: type === "tag", commit: type === "tag" ? target : object };
}

export interface Source {
  readonly commit: string;
  /** For people: what is not as it should be, and was let pass. */
  readonly warnings: readonly string[];
}

/**
 * The commit that a release is made of: its tag's, the given one, or HEAD. A tag that is not annotated says neither who made it nor when:
 * it needs a reason.
 */
export async function findSource(git: Git, version: string, given: string | undefined, reason: string | undefined): Promise<Source> {
  const tag = await findTag(git, version);
  const commit = given === undefined ? undefined : await resolveCommit(git, given);
  if (tag === undefined) {
    const chosen = commit ?? (await resolveCommit(git, "HEAD"));
    return { commit: chosen, warnings: [`There is no tag v${version}. To make it: git tag -a v${version} ${chosen.slice(0, 12)}`] };
  }
  if (commit !== undefined && commit !== tag.commit) {
    throw new UserError(
      `--commit is ${commit.slice(0, 12)}, but the tag ${tag.name} is on ${tag.commit.slice(0, 12)}. Leave --commit out, or take another version.`,
      2,
    );
  }
  if (tag.annotated) return { commit: tag.commit, warnings: [] };
  const remedy = `git tag -a -f ${tag.name} ${tag.commit.slice(0, 12)}`;
  if (reason !== undefined) return { commit: tag.commit, warnings: [`The tag ${tag.name} is not annotated. To mend it: ${remedy}`] };
  throw new UserError(
    `The tag ${tag.name} is not annotated, so it says neither who made it nor when. Run ${remedy}, or say why it may pass with --reason "…".`,
    2,
  );
}

async function resolveCommit(git: Git, revision: string): Promise<string> {
  const commit = await git.maybe(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  if (commit !== undefined) return commit;
  if (revision === "HEAD") throw new UserError(`The repository of ${git.dir} has no commit yet, so nothing can be released.`);
  throw new UserError(`There is no commit ${revision} in the repository of ${git.dir}. Run git fetch, or name another with --commit.`, 2);
}

/** Entries of the ledger are small: of more commits than this, the newest and the very first (which lead times need) are kept. */
const MOST = 500;
const LONGEST = 160;

/** What is new in `commit` since the release before, newest first, merges left out. Of the first release of all, only its own commit. */
export async function commitsSince(git: Git, previous: string | undefined, commit: string): Promise<Commit[]> {
  const known = previous !== undefined && (await git.maybe(["cat-file", "-e", `${previous}^{commit}`])) !== undefined;
  const range = known ? ["--no-merges", `${previous}..${commit}`] : ["-1", commit];
  const text = await git.text(["log", "--no-show-signature", "--format=%H%x00%cI%x00%s", ...range]);
  const commits = text.split("\n").flatMap((line): Commit[] => {
    const [id, at, subject] = line.split("\0");
    return subject === undefined ? [] : [{ id: id!, at: new Date(at!).toISOString(), subject: shorten(subject) }];
  });
  return commits.length <= MOST ? commits : [...commits.slice(0, MOST - 1), commits.at(-1)!];
}

const shorten = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`);
