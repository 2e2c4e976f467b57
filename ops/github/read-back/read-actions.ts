import type { Unread } from "../../drift/finding.ts";
import type { Api } from "../api.ts";
import { type Dated, type Dates, dated, reader, type Variable, valued } from "./live.ts";

/** Secrets and variables of the repository itself, which every workflow of it gets; a part that could not be read is undefined. */
export interface LiveActions {
  readonly secrets: readonly Dated[] | undefined;
  readonly variables: readonly Variable[] | undefined;
  readonly unread: readonly Unread[];
}

export async function readActions(api: Api): Promise<LiveActions> {
  const { octokit, owner, repo } = api;
  const unread: Unread[] = [];
  const part = reader(api, unread);
  const [secrets, variables] = await Promise.all([
    part("the secrets for workflows", async () =>
      ((await octokit.paginate(octokit.rest.actions.listRepoSecrets, { owner, repo, per_page: 100 })) as Dates[]).map(dated),
    ),
    part("the variables for workflows", async () =>
      (
        (await octokit.paginate(octokit.rest.actions.listRepoVariables, { owner, repo, per_page: 30 })) as (Dates & { value: string })[]
      ).map(valued),
    ),
  ]);
  return { secrets, variables, unread };
}
