import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";
import type { Verdict } from "../gates/gate.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { type Release, referenceOf } from "../promotion/configuration.ts";
import { readValue, type StackFile, withValueInFile } from "../promotion/stack-file.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { type Api, failed, openApi } from "./api.ts";
import type { GithubConnection } from "./connection.ts";
import { pushHere } from "./local-push.ts";
import { fileInRepository } from "./project.ts";
import { branchOf, type Way, withRequester } from "./promotion-branch.ts";
import { promotionText } from "./promotion-text.ts";
import { type Opened, openPullRequest, textAt } from "./pull-request.ts";
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
  const connection = through === undefined ? await context.selector.github(project, { start: true }) : undefined;
  const api = through ?? (connection && openApi(connection, settings.repository));
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
  if (connection?.isLocal) await present(context, project, connection, { api, base, path });
  return openPullRequest(api, {
    branch: branchOf(way, to, release.version),
    base,
    path,
    change(before) {
      if (before === "")
        throw new UserError(
          `${path} is not on ${base} of ${api.owner}/${api.repo}: ${connection?.isLocal ? "commit it here first, what is committed is pushed there" : "push it there first"}.`,
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

/** Nobody pushes to the local world's own GitHub but us: a branch that does not have the file gets what is committed here. */
async function present(
  context: Context,
  project: ProjectSummary,
  connection: GithubConnection,
  { api, base, path }: { api: Api; base: string; path: string },
): Promise<void> {
  try {
    if ((await textAt(api, path, base)) !== undefined) return;
  } catch (error) {
    throw failed(`${path} on ${base} of ${api.owner}/${api.repo}`, error, api);
  }
  await pushHere(context, project, connection, { owner: api.owner, repo: api.repo, branch: base });
}
