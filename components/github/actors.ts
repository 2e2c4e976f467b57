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

/** As branch protection wants them: `acme/qa` for a team, `/ann` for a person. */
export const namesOf = ({ teams, users }: Actors): string[] => [...teams, ...users.map((user) => `/${user}`)];

const slugOf = (team: string): string => team.slice(team.indexOf("/") + 1);
