import { type Api, statusOf } from "./api.ts";

/** Who is in which team, each asked once. */
export class Teams {
  /** Teams that the token may not look into: nobody counts as their member. */
  readonly unseen = new Set<string>();
  readonly #api: Api;
  readonly #members = new Map<string, Promise<boolean>>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** Those of these teams (`acme/qa`) that somebody is in. */
  async of(login: string, teams: readonly string[]): Promise<string[]> {
    const own = await Promise.all([...new Set(teams)].map(async (team) => ((await this.#isMember(team, login)) ? [team] : [])));
    return own.flat();
  }

  #isMember(team: string, login: string): Promise<boolean> {
    const key = `${team} ${login}`.toLowerCase();
    const known = this.#members.get(key) ?? this.#ask(team, login);
    this.#members.set(key, known);
    return known;
  }

  /** 404 says both "no member" and "you may not know": the team itself tells them apart. */
  async #ask(team: string, username: string): Promise<boolean> {
    const { octokit } = this.#api;
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
      if (!seen) this.unseen.add(team);
      return false;
    }
  }
}
