import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";
import type { Verdict } from "../gates/gate.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { type Release, referenceOf } from "../promotion/configuration.ts";
import { readValue, type StackFile, withValueInFile } from "../promotion/stack-file.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import type { Api } from "./api.ts";
import { apiOf, fileInRepository } from "./project.ts";
import { branchOf, type Way, withRequester } from "./promotion-branch.ts";
import { promotionText } from "./promotion-text.ts";
import { type Opened, openPullRequest } from "./pull-request.ts";
import { baseOf, githubSettings } from "./settings.ts";

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
  /** Where it is no promotion. */
  readonly text?: { readonly title: string; readonly body: string };
  /** Other values of the file that change with the release, by key. */
  readonly also?: (file: StackFile) => Readonly<Record<string, unknown>>;
}

/** Puts a release into a stack's file by pull request: the file's other lines stay as the branch has them. */
export async function propose(context: Context, project: ProjectSummary, proposal: Proposal, through?: Api): Promise<Opened> {
  const settings = githubSettings(project);
  if (settings === undefined)
    throw new UserError(`A pull request needs a repository: declare application.repository in ${project.dir}/Pulumi.yaml.`, 2);
  const api = through ?? (await apiOf(context, project, { start: true }));
  if (api === undefined) throw new UserError("A pull request needs GITHUB_TOKEN: see docs/how-to/promote-on-github.md.");
  const { way, to, release, events, also } = proposal;
  const reference = referenceOf(release);
  const requester =
    context.io.env.GITHUB_ACTIONS === "true" ? (context.io.env.GITHUB_TRIGGERING_ACTOR ?? context.io.env.GITHUB_ACTOR) : undefined;
  const created = events.find(({ what }) => what.kind === "release" && what.release.id === reference.id)?.what;
  const commits = created?.kind === "release" ? created.commits : [];
  const { title, body } = proposal.text ?? promotionText({ ...proposal, release: reference, commits, requester });
  const base = baseOf(settings, to);
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
      const file = { file: path, text: before };
      const values = Object.entries({ release, ...also?.(file) });
      return values.reduce((text, [key, value]) => withChanged({ file: path, text }, project.name, key, value), before);
    },
    title,
    body,
    message: withRequester(`${title}\n\n${reference.id}`, requester),
  });
}

/** A value that is there already keeps its comments and its form. */
function withChanged(file: StackFile, project: string, key: string, value: unknown): string {
  return isDeepStrictEqual(readValue(file, project, key), value) ? file.text : withValueInFile(file, project, key, value);
}

const pushUrl = (host: string, { owner, repo }: { owner: string; repo: string }): string => `http://${host}/${owner}/${repo}.git`;
