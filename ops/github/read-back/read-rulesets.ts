import type { Api } from "../api.ts";

export interface LiveRuleset {
  readonly id: number;
  readonly name: string;
  readonly target: string;
  readonly enforcement: string;
  readonly conditions: unknown;
  readonly rules: readonly { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
  readonly bypass_actors?: readonly { readonly actor_type: string; readonly actor_id: number | null; readonly bypass_mode: string }[];
  readonly updated_at?: string;
  readonly source?: string;
}

/** Not of its organisation, whose `source` is a name alone. */
export const isOfRepository = ({ source }: Pick<LiveRuleset, "source">): boolean => source?.includes("/") !== false;

/** Also those of the organisation that hold here. */
export async function readRulesets({ octokit, owner, repo }: Api): Promise<LiveRuleset[]> {
  const at = { owner, repo, includes_parents: true };
  const listed = await octokit.paginate(octokit.rest.repos.getRepoRulesets, { ...at, per_page: 100 });
  const own = listed.map(({ id }) => octokit.rest.repos.getRepoRuleset({ ...at, ruleset_id: id }));
  return (await Promise.all(own)).map(({ data }) => data as unknown as LiveRuleset);
}
