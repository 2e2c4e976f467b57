import { RequestError } from "octokit";
import { openApi } from "../github/api.ts";
import { UserError } from "../user-error.ts";

export interface Place {
  /** `https://api.github.com`, or what a GitHub Enterprise Server has. */
  readonly baseUrl: string;
  readonly token: string;
  readonly owner: string;
  readonly repo: string;
  readonly pullRequest: number;
}

export interface Posted {
  readonly what: "posted" | "edited" | "unchanged";
  readonly url: string;
}

/** Posts a comment, or edits the one that the same account posted before under the same marker. Comments of others stay, whatever they hold. */
export async function post(place: Place, marker: string, body: string): Promise<Posted> {
  const { owner, repo, pullRequest: issue_number } = place;
  const { octokit } = openApi(place, { owner, name: repo });
  try {
    const { viewer } = await octokit.graphql<{ viewer: { login: string } }>("query { viewer { login } }");
    const comments = octokit.paginate.iterator(octokit.rest.issues.listComments, { owner, repo, issue_number, per_page: 100 });
    for await (const { data } of comments) {
      const own = data.find(({ user, body: text }) => isOf(viewer.login, user) && text?.split("\n")[0]?.trim() === marker);
      if (own === undefined) continue;
      if (own.body === body) return { what: "unchanged", url: own.html_url };
      const edited = await octokit.rest.issues.updateComment({ owner, repo, comment_id: own.id, body });
      return { what: "edited", url: edited.data.html_url };
    }
    const created = await octokit.rest.issues.createComment({ owner, repo, issue_number, body });
    return { what: "posted", url: created.data.html_url };
  } catch (error) {
    throw explained(error, place);
  }
}

/** A bot's login carries [bot] in the one API and may not in the other. */
const isOf = (login: string, user: { login: string; type: string } | null): boolean =>
  user !== null && (user.login === login || (user.type === "Bot" && user.login === `${login}[bot]`));

function explained(error: unknown, { owner, repo, pullRequest, baseUrl }: Place): unknown {
  const where = `${owner}/${repo} #${pullRequest} (${new URL(baseUrl).host})`;
  if (!(error instanceof RequestError)) {
    const text = error instanceof Error ? error.message : String(error);
    return error instanceof UserError ? error : new UserError(`The comment on ${where} could not be posted: ${text}`);
  }
  const advice: Record<number, string> = {
    401: "GITHUB_TOKEN is not valid (any more)",
    403: "GITHUB_TOKEN may not write there: a workflow's needs `permissions: pull-requests: write`, and a fork's never has it",
    404: "there is no such pull request, or GITHUB_TOKEN may not see the repository",
    410: "its conversation is closed to comments",
  };
  const isLimit = error.status === 429 || /rate limit/i.test(error.message);
  const why = isLimit ? "GitHub's rate limit is used up: run it again later" : advice[error.status];
  return new UserError(`The comment on ${where} could not be posted: ${why ?? error.message.split("\n")[0]}.`);
}
