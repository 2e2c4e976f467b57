import type { Context } from "../context.ts";
import type { Verdict } from "../gates/gate.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { type Release, referenceOf } from "../promotion/configuration.ts";
import { withValueInFile } from "../promotion/stack-file.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { apiOf, fileInRepository } from "./project.ts";
import { branchOf, type Way, withRequester } from "./promotion-branch.ts";
import { promotionText } from "./promotion-text.ts";
import { type Opened, openPullRequest } from "./pull-request.ts";
import { githubSettings } from "./settings.ts";

export interface Proposal {
  readonly way: Way;
  readonly from: string;
  readonly to: string;
  readonly release: Release;
  readonly replaces: string | undefined;
  readonly gates: readonly Verdict[];
  readonly wayBack: readonly string[];
  readonly migrations: readonly string[];
  readonly events: readonly LedgerEvent[];
  /** Why, where it is no promotion: the first words of the text. */
  readonly cause?: string;
}

/** Puts a release into a stack's file by pull request: the file's other lines stay as the branch has them. */
export async function propose(context: Context, project: ProjectSummary, proposal: Proposal): Promise<Opened> {
  const settings = githubSettings(project);
  if (settings === undefined)
    throw new UserError(`A pull request needs a repository: declare application.repository in ${project.dir}/Pulumi.yaml.`, 2);
  const api = await apiOf(context, project, { start: true });
  if (api === undefined) throw new UserError("A pull request needs GITHUB_TOKEN: see docs/how-to/promote-on-github.md.");
  const { way, to, release, events, cause } = proposal;
  const reference = referenceOf(release);
  const requester =
    context.io.env.GITHUB_ACTIONS === "true" ? (context.io.env.GITHUB_TRIGGERING_ACTOR ?? context.io.env.GITHUB_ACTOR) : undefined;
  const created = events.find(({ what }) => what.kind === "release" && what.release.id === reference.id)?.what;
  const commits = created?.kind === "release" ? created.commits : [];
  const text = promotionText({ ...proposal, release: reference, commits, requester });
  const title = way === "promote" ? text.title : `Take ${to} back to ${release.version}`;
  const base = settings.environments[to]?.branch?.name ?? settings.repository.defaultBranch;
  const path = (await fileInRepository(project))(to);
  return openPullRequest(api, {
    branch: branchOf(way, to, release.version),
    base,
    path,
    change(before) {
      if (before === "")
        throw new UserError(
          `${path} is not on ${base} of ${api.owner}/${api.repo}: push it there first${context.options.local ? ` (git push ${pushUrl(api.host, api)} HEAD:${base})` : ""}.`,
        );
      return withValueInFile({ file: path, text: before }, project.name, "release", release);
    },
    title,
    body: cause === undefined ? text.body : `${cause}\n\n${text.body}`,
    message: withRequester(`${title}\n\n${reference.id}`, requester),
  });
}

const pushUrl = (host: string, { owner, repo }: { owner: string; repo: string }): string => `http://${host}/${owner}/${repo}.git`;
