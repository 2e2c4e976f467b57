import { getTeamOutput } from "@pulumi/github/getTeam.js";
import { getUserOutput } from "@pulumi/github/getUser.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Actors } from "./names.ts";

/** Numeric ids, as environments and rulesets want them. Settings hold names: ids say nothing to who reads them. */
export function idsOf(
  { teams, users }: Actors,
  parent: pulumi.Resource,
): { teams: pulumi.Output<number>[]; users: pulumi.Output<number>[] } {
  return {
    teams: teams.map((team) => getTeamOutput({ slug: slugOf(team), summaryOnly: true }, { parent }).id.apply(Number)),
    users: users.map((username) => getUserOutput({ username }, { parent }).id.apply(Number)),
  };
}

/** Who may pass a ruleset by: always, or only by merging a pull request, which shows it. */
export function bypassing(actors: Actors, bypassMode: "always" | "pull_request", parent: pulumi.Resource) {
  const { teams, users } = idsOf(actors, parent);
  const bypassActors = [
    ...teams.map((actorId) => ({ actorType: "Team", actorId, bypassMode })),
    ...users.map((actorId) => ({ actorType: "User", actorId, bypassMode })),
  ];
  return bypassActors.length === 0 ? {} : { bypassActors };
}

/** As branch protection wants them: `acme/qa` for a team, `/ann` for a person. */
export const namesOf = ({ teams, users }: Actors): string[] => [...teams, ...users.map((user) => `/${user}`)];

const slugOf = (team: string): string => team.slice(team.indexOf("/") + 1);
