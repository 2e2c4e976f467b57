import { ownersOf, parseCodeOwners } from "../gates/code-owners.ts";
import type { Approval, ApproverSource } from "../gates/input.ts";
import type { Actor } from "../ledger/event.ts";
import { UserError } from "../user-error.ts";
import { type Api, failed } from "./api.ts";
import { isBranchOf, requestersIn } from "./promotion-branch.ts";
import { textAt } from "./pull-request.ts";
import { releaseAt, type StackFiles } from "./release-at.ts";
import { latestWords } from "./reviews.ts";
import { Teams } from "./teams.ts";

export interface ApprovalsOf extends StackFiles {
  /** Teams that roles name: `acme/qa`. */
  readonly teams: readonly string[];
  readonly members?: Teams;
}

type PullRequest = Awaited<ReturnType<Api["octokit"]["rest"]["pulls"]["list"]>>["data"][number];

/**
 * Reviews of the pull requests that promote a release: the latest word of each person, on the head as it is now. What counts is what the
 * head holds, not what a title says: a pull request of the same name with another release approves nothing. Works on every plan.
 */
export class GithubApprovals implements ApproverSource {
  readonly name = "github";
  readonly #of: ApprovalsOf;
  readonly #members: Teams;
  #pulls: Promise<PullRequest[]> | undefined;

  constructor(of: ApprovalsOf) {
    this.#of = of;
    this.#members = of.members ?? new Teams(of.api);
  }

  async approvals({ stack, releaseId }: { stack: string; releaseId: string }): Promise<readonly Approval[]> {
    return this.#asking(async () => {
      const found = await Promise.all((await this.#pullsOf(stack, releaseId)).map((pull) => this.#words(pull, stack, releaseId)));
      return found.flat();
    });
  }

  /** Who merges a pull request only lets it through: who asked for it is who opened it, unless whoever merged it had a hand in it. */
  async requester({ stack, releaseId }: { stack: string; releaseId: string }, acting: Actor): Promise<Actor | undefined> {
    return this.#asking(async () => {
      const merged = (await this.#pullsOf(stack, releaseId)).find(({ merged_at }) => merged_at !== null);
      if (acting.login === undefined || merged?.user == null) return undefined;
      const asked = await this.#askedBy(merged);
      if (asked.has(acting.login.toLowerCase())) return undefined;
      const { login, type } = merged.user;
      const [requestedBy] = [...asked].filter((name) => name !== login.toLowerCase());
      return { name: login, login, ...(type === "Bot" ? { bot: true } : {}), ...(requestedBy === undefined ? {} : { requestedBy }) };
    });
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw failed("Approvals on GitHub", error, this.#of.api);
    }
  }

  /** Open and merged ones whose head holds the release, newest first. */
  async #pullsOf(stack: string, releaseId: string): Promise<PullRequest[]> {
    const pulls = (await this.#listed()).filter(
      ({ head, merged_at, state }) =>
        isBranchOf(head.ref, stack) && this.#isOurs(head.repo?.full_name) && (state === "open" || merged_at !== null),
    );
    const held = await Promise.all(pulls.map(({ head }) => releaseAt(this.#of, stack, head.sha)));
    return pulls.filter((_, index) => held[index] === releaseId);
  }

  /** In a fork, anybody may call a branch promote/…. */
  #isOurs(repository: string | undefined): boolean {
    const { owner, repo } = this.#of.api;
    return repository?.toLowerCase() === `${owner}/${repo}`.toLowerCase();
  }

  #listed(): Promise<PullRequest[]> {
    const { octokit, owner, repo } = this.#of.api;
    this.#pulls ??= octokit.paginate(octokit.rest.pulls.list, {
      owner,
      repo,
      state: "all",
      sort: "updated",
      direction: "desc",
      per_page: 100,
    });
    return this.#pulls;
  }

  /** Everybody who had a hand in it, in lower case: who opened it, who committed, and for whom. */
  async #askedBy({ number, user }: PullRequest): Promise<Set<string>> {
    const { octokit, owner, repo } = this.#of.api;
    const commits = await octokit.paginate(octokit.rest.pulls.listCommits, { owner, repo, pull_number: number, per_page: 100 });
    const names = commits.flatMap(({ author, committer, commit }) => [author?.login, committer?.login, ...requestersIn(commit.message)]);
    return new Set([user?.login, ...names].filter((name) => name !== undefined).map((name) => name.replace(/^@/, "").toLowerCase()));
  }

  async #words(pull: PullRequest, stack: string, release: string): Promise<Approval[]> {
    const { octokit, owner, repo } = this.#of.api;
    const at = { owner, repo, pull_number: pull.number, per_page: 100 };
    const [reviews, asked, files, owners] = await Promise.all([
      octokit.paginate(octokit.rest.pulls.listReviews, at),
      this.#askedBy(pull),
      octokit.paginate(octokit.rest.pulls.listFiles, at),
      this.#codeOwners(pull.base.sha),
    ]);
    const words = latestWords(reviews, pull.head.sha).filter(({ login }) => !asked.has(login.toLowerCase()));
    const owning = new Set(files.flatMap(({ filename }) => owners(filename)));
    return Promise.all(
      words.map(async ({ login, bot, id, verdict, at: when }): Promise<Approval> => {
        const teams = await this.#members.of(login, [
          ...this.#of.teams,
          ...[...owning].flatMap((name) => (/^@[^/]+\//.test(name) ? [name.slice(1)] : [])),
        ]);
        const codeOwner = owning.has(`@${login.toLowerCase()}`) || teams.some((team) => owning.has(`@${team.toLowerCase()}`));
        const actor = { name: login, login, ...(bot ? { bot } : {}) };
        return {
          source: this.name,
          id: `#${pull.number}/${id}`,
          stack,
          releaseId: release,
          actor,
          role: "reviewer",
          teams,
          codeOwner,
          verdict,
          at: when,
        };
      }),
    );
  }

  /** As they were before the change: nobody makes themselves an owner by the change that they approve. */
  async #codeOwners(ref: string): Promise<(path: string) => readonly string[]> {
    for (const path of [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]) {
      const text = await textAt(this.#of.api, path, ref);
      if (text !== undefined) return ownersOf(parseCodeOwners(text));
    }
    return () => [];
  }
}
