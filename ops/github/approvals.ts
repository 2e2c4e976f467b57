import { releaseId } from "../../components/release.ts";
import { ownersOf, parseCodeOwners } from "../gates/code-owners.ts";
import type { Approval, ApproverSource } from "../gates/input.ts";
import { readRelease } from "../promotion/configuration.ts";
import { readValue } from "../promotion/stack-file.ts";
import { UserError } from "../user-error.ts";
import { type Api, failed, statusOf, unlessGone } from "./api.ts";
import { isBranchOf, requestersIn } from "./promotion-branch.ts";
import { latestWords } from "./reviews.ts";

export interface ApprovalsOf {
  readonly api: Api;
  readonly project: string;
  /** Path of a stack's file in the repository. */
  readonly fileOf: (stack: string) => string;
  /** Teams that roles name: `acme/qa`. */
  readonly teams: readonly string[];
}

type PullRequest = Awaited<ReturnType<Api["octokit"]["rest"]["pulls"]["list"]>>["data"][number];

/**
 * Reviews of the pull requests that promote a release: the latest word of each person, on the head as it is now. What counts is what the
 * head holds, not what a title says: a pull request of the same name with another release approves nothing. Works on every plan.
 */
export class GithubApprovals implements ApproverSource {
  readonly name = "github";
  /** Teams that the token may not look into: nobody counts as their member. */
  readonly unseenTeams = new Set<string>();
  readonly #of: ApprovalsOf;
  readonly #members = new Map<string, Promise<boolean>>();
  #pulls: Promise<PullRequest[]> | undefined;

  constructor(of: ApprovalsOf) {
    this.#of = of;
  }

  async approvals({ stack, releaseId: wanted }: { stack: string; releaseId: string }): Promise<readonly Approval[]> {
    const { api } = this.#of;
    try {
      const pulls = (await this.#listed()).filter(
        ({ head, merged_at, state }) =>
          isBranchOf(head.ref, stack) && this.#isOurs(head.repo?.full_name) && (state === "open" || merged_at !== null),
      );
      const found = await Promise.all(
        pulls.map(async (pull) => ((await this.#releaseAt(stack, pull.head.sha)) === wanted ? this.#words(pull, stack, wanted) : [])),
      );
      return found.flat();
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw failed("Approvals on GitHub", error, api);
    }
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

  async #releaseAt(stack: string, ref: string): Promise<string | undefined> {
    const text = await this.#file(this.#of.fileOf(stack), ref);
    if (text === undefined) return undefined;
    const release = readRelease(readValue({ file: this.#of.fileOf(stack), text }, this.#of.project, "release"));
    return release && releaseId(release);
  }

  async #file(path: string, ref: string): Promise<string | undefined> {
    const { octokit, owner, repo } = this.#of.api;
    const found = await unlessGone(octokit.rest.repos.getContent({ owner, repo, path, ref }));
    const content = (found?.data as { content?: string } | undefined)?.content;
    return content === undefined ? undefined : Buffer.from(content, "base64").toString();
  }

  async #words(pull: PullRequest, stack: string, release: string): Promise<Approval[]> {
    const { octokit, owner, repo } = this.#of.api;
    const at = { owner, repo, pull_number: pull.number, per_page: 100 };
    const [reviews, commits, files, owners] = await Promise.all([
      octokit.paginate(octokit.rest.pulls.listReviews, at),
      octokit.paginate(octokit.rest.pulls.listCommits, at),
      octokit.paginate(octokit.rest.pulls.listFiles, at),
      this.#codeOwners(pull.base.sha),
    ]);
    const asked = new Set(
      [
        pull.user?.login,
        ...commits.flatMap(({ author, committer, commit }) => [author?.login, committer?.login, ...requestersIn(commit.message)]),
      ]
        .filter((name) => name !== undefined)
        .map((name) => name.replace(/^@/, "").toLowerCase()),
    );
    const words = latestWords(reviews, pull.head.sha).filter(({ login }) => !asked.has(login.toLowerCase()));
    const owning = new Set(files.flatMap(({ filename }) => owners(filename)));
    return Promise.all(
      words.map(async ({ login, bot, id, verdict, at: when }): Promise<Approval> => {
        const teams = await this.#teamsOf(login, [
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
      const text = await this.#file(path, ref);
      if (text !== undefined) return ownersOf(parseCodeOwners(text));
    }
    return () => [];
  }

  async #teamsOf(login: string, teams: readonly string[]): Promise<string[]> {
    const own = await Promise.all([...new Set(teams)].map(async (team) => ((await this.#isMember(team, login)) ? [team] : [])));
    return own.flat();
  }

  #isMember(team: string, login: string): Promise<boolean> {
    const key = `${team} ${login}`.toLowerCase();
    const known = this.#members.get(key) ?? this.#askMember(team, login);
    this.#members.set(key, known);
    return known;
  }

  /** 404 says both "no member" and "you may not know": the team itself tells them apart. */
  async #askMember(team: string, username: string): Promise<boolean> {
    const { octokit } = this.#of.api;
    const [org = "", team_slug = ""] = team.split("/");
    try {
      const { data } = await octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug, username });
      return data.state === "active";
    } catch (error) {
      const status = statusOf(error);
      if (status !== 404 && status !== 403) throw error;
      const seen =
        status === 404 &&
        (await octokit.rest.teams.getByName({ org, team_slug }).then(
          () => true,
          () => false,
        ));
      if (!seen) this.unseenTeams.add(team);
      return false;
    }
  }
}
