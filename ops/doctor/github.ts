import { type Api, inWords, statusOf } from "../github/api.ts";
import { type GithubSettings, namedActors } from "../github/settings.ts";
import { type Finding, good, wanting } from "./finding.ts";
import { permissionFindings, standingFindings } from "./github-rights.ts";

const CONNECT = "see docs/how-to/connect-github.md";

/** What a run that works on GitHub would fail on, before anything changes: the token, the repository, and who and what the settings name. */
export async function githubFindings(api: Api, settings: GithubSettings): Promise<Finding[]> {
  const { octokit, owner, repo, host } = api;
  const { repository } = settings;
  const limit = await octokit.rest.rateLimit.get().catch((error: unknown) => error as Error);
  if (limit instanceof Error) return [wanting("GitHub token", `${inWords(limit, api)}: ${CONNECT}`)];
  const scopes = limit.headers["x-oauth-scopes"];
  const { remaining, reset } = limit.data.resources.core;
  const rate =
    remaining > 200
      ? good("rate limit", String(remaining), `requests left on ${host}`)
      : wanting("rate limit", `${remaining} requests are left on ${host}: wait until ${new Date(reset * 1000).toISOString()}`);
  const found = await octokit.rest.repos.get({ owner, repo }).catch((error: unknown) => error as Error);
  if (found instanceof Error) {
    const why = statusOf(found) === 404 ? `${owner}/${repo} is not there, or the token may not see it` : inWords(found, api);
    return [
      good("GitHub token", "accepted", `by ${host}`),
      rate,
      wanting("repository", `${why}: create it, or give the token access; ${CONNECT}`),
    ];
  }
  const { data } = found;
  const visibility = data.visibility ?? (data.private ? "private" : "public");
  const isAdmin = data.permissions?.admin === true;
  const lacks = scopes === undefined ? [] : ["repo", "read:org"].filter((scope) => !covers(String(scopes), scope, repository.ownerKind));
  return [
    lacks.length === 0
      ? good("GitHub token", scopes === undefined ? "fine-grained" : "classic", `accepted by ${host}`)
      : wanting("GitHub token", `the token lacks the scope ${lacks.join(", ")}: ${CONNECT}`),
    rate,
    isAdmin
      ? good("repository", visibility, `${owner}/${repo}; the token's user administers it`)
      : wanting(
          "repository",
          `the token's user does not administer ${owner}/${repo}, so \`up\` cannot keep its rules: make them an administrator, or use another token`,
        ),
    ...(visibility === repository.visibility
      ? []
      : [
          wanting(
            "visibility",
            `${owner}/${repo} is ${visibility}, and the settings say ${repository.visibility}: correct application.repository.visibility, which decides what GitHub allows`,
          ),
        ]),
    ...(data.default_branch === repository.defaultBranch
      ? []
      : [
          wanting(
            "branch",
            `the default branch is ${data.default_branch}, and the settings say ${repository.defaultBranch}: correct application.repository.defaultBranch`,
          ),
        ]),
    ...ownerFinding(data.owner, settings),
    ...(await planFinding(api, settings, data.owner.type)),
    ...(scopes === undefined ? await permissionFindings(api, settings) : []),
    ...(await Promise.all(namedBranches(settings).map((name) => branchFinding(api, name)))).flat(),
    ...(await actorFindings(api, settings)),
  ];
}

/** Classic scopes hold others: admin:org reads organisations too. A user's repository needs none of an organisation's. */
const covers = (scopes: string, wanted: string, ownerKind: string): boolean => {
  const has = scopes.split(/,\s*/);
  if (wanted === "read:org") return ownerKind === "user" || ["read:org", "write:org", "admin:org"].some((scope) => has.includes(scope));
  return has.includes(wanted) || (wanted === "repo" && has.includes("public_repo"));
};

/** Lists of who may pass a rule by, teams and plans hang on it. */
function ownerFinding({ login, type }: { login: string; type: string }, { repository }: GithubSettings): Finding[] {
  const kind = type === "Organization" ? "organization" : "user";
  if (kind === repository.ownerKind) return [];
  return [
    wanting(
      "owner",
      `${login} is ${kind === "user" ? "a user" : "an organization"}, and the settings say ${repository.ownerKind}: correct application.repository.ownerKind, which decides what GitHub allows`,
    ),
  ];
}

/** An organisation tells its plan to its owners alone, a user to nobody else. */
async function planFinding({ octokit, owner }: Api, { repository }: GithubSettings, type: string): Promise<Finding[]> {
  const isUser = type !== "Organization";
  const asked = isUser
    ? octokit.rest.users.getAuthenticated().then(({ data }) => (data.login.toLowerCase() === owner.toLowerCase() ? data.plan : undefined))
    : octokit.rest.orgs.get({ org: owner }).then(({ data }) => data.plan);
  const plan = await asked.then(
    (known) => known?.name,
    () => undefined,
  );
  if (plan === undefined && isUser) return [];
  if (plan === undefined) return [good("plan", repository.plan, `by the settings: GitHub does not tell this token the plan of ${owner}`)];
  if (plan.toLowerCase().startsWith(repository.plan)) return [good("plan", plan, `of ${owner}`)];
  return [
    wanting(
      "plan",
      `${owner} has the plan ${plan}, and the settings say ${repository.plan}: correct application.repository.plan, which decides what GitHub allows`,
    ),
  ];
}

/** Every branch that the settings name: those with rules, those that are merged or deployed from. Patterns name none. */
function namedBranches({ repository, environments, platforms }: GithubSettings): string[] {
  const rules = Object.values(platforms).flatMap((github) => Object.entries(github.branches));
  const own = Object.values(environments).flatMap(({ branch }) => (branch === undefined ? [] : [[branch.name, branch] as const]));
  const names = [
    repository.defaultBranch,
    ...[...rules, ...own].flatMap(([name, { mergesFrom = [] }]) => [name, ...mergesFrom]),
    ...Object.values(environments).flatMap(({ deployFrom }) => deployFrom.branches),
  ];
  return [...new Set(names)].filter((name) => !/[*?[]/.test(name));
}

async function branchFinding(api: Api, branch: string): Promise<Finding[]> {
  const { octokit, owner, repo } = api;
  try {
    await octokit.rest.repos.getBranch({ owner, repo, branch });
    return [];
  } catch (error) {
    const what =
      statusOf(error) === 404 ? `${owner}/${repo} has no branch ${branch}: push it (git push origin HEAD:${branch})` : inWords(error, api);
    return [wanting("branch", what)];
  }
}

async function actorFindings(api: Api, settings: GithubSettings): Promise<Finding[]> {
  const { octokit } = api;
  const { teams, users } = namedActors(settings);
  const look = async (what: string, ask: () => Promise<unknown>, todo: string): Promise<Finding[]> => {
    try {
      await ask();
      return [];
    } catch (error) {
      return [
        wanting(
          "people",
          statusOf(error) === 404 ? `there is no ${what} that this token can see: ${todo}` : `${what}: ${inWords(error, api)}`,
        ),
      ];
    }
  };
  const asked = [
    ...teams.map((team) => {
      const [org = "", team_slug = ""] = team.split("/");
      return look(
        `team ${team}`,
        () => octokit.rest.teams.getByName({ org, team_slug }),
        "create it, or correct the settings; reading teams needs Members: read",
      );
    }),
    ...users.map((username) => look(`user ${username}`, () => octokit.rest.users.getByUsername({ username }), "correct the settings")),
  ];
  const unknown = (await Promise.all(asked)).flat();
  const wrong = unknown.length > 0 ? unknown : await standingFindings(api, teams, users);
  return wrong.length > 0 || asked.length === 0
    ? wrong
    : [good("people", String(asked.length), "teams and users of the settings are all there, and may see the repository")];
}
