import { type Api, inWords, isBeyondPlan, statusOf } from "../github/api.ts";
import type { GithubSettings } from "../github/settings.ts";
import { type Finding, wanting } from "./finding.ts";

type Ask = [permission: string, what: string, ask: () => Promise<unknown>];

/** What is only looked at. */
const READ = ["Actions", "Secrets", "Variables"];

/**
 * What a fine-grained token lacks: it does not tell, but GitHub refuses to read what it may not even read. What it may read it may still not
 * write: that only a write would show.
 */
export async function permissionFindings(
  { octokit, owner, repo }: Api,
  { repository, environments, platforms }: GithubSettings,
): Promise<Finding[]> {
  const at = { owner, repo };
  const { publish, defaultBranch } = repository;
  const readsActions = Object.values(platforms).some(({ actions }) => actions !== undefined);
  const own = "reading the repository's own back";
  const asked: Ask[] = [
    [
      "Administration",
      "rules of branches, rulesets, and the repository's settings",
      () => octokit.rest.repos.getBranchProtection({ ...at, branch: repository.defaultBranch }),
    ],
    ...(Object.keys(environments).length === 0
      ? []
      : [["Actions", "reading GitHub Environments", () => octokit.rest.repos.getAllEnvironments({ ...at, per_page: 1 })] as Ask]),
    ...Object.keys(environments)
      .slice(0, 1)
      .map(
        (environment_name): Ask => [
          "Environments",
          "secrets and variables of GitHub Environments",
          () => octokit.rest.actions.listEnvironmentSecrets({ ...at, environment_name }),
        ],
      ),
    ["Pull requests", "promotions, and reviews as approvals", () => octokit.rest.pulls.list({ ...at, per_page: 1 })],
    ["Contents", "promotions, releases and the ledger", () => octokit.rest.git.getRef({ ...at, ref: `heads/${defaultBranch}` })],
    ...(publish.deployments
      ? [["Deployments", "telling of deployments", () => octokit.rest.repos.listDeployments({ ...at, per_page: 1 })] as Ask]
      : []),
    ...(publish.gates
      ? [
          [
            "Commit statuses",
            "telling what gates say",
            () => octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: defaultBranch, per_page: 1 }),
          ] as Ask,
        ]
      : []),
    ...(readsActions
      ? [
          ["Secrets", own, () => octokit.rest.actions.listRepoSecrets({ ...at, per_page: 1 })] as Ask,
          ["Variables", own, () => octokit.rest.actions.listRepoVariables({ ...at, per_page: 1 })] as Ask,
        ]
      : []),
  ];
  const found = await Promise.all(
    asked.map(async ([permission, what, ask]): Promise<Finding[]> => {
      const refused = await ask().then(
        () => false,
        // What is not there (404), or not on this plan, says nothing about rights.
        (error: unknown) => statusOf(error) === 403 && !isBeyondPlan(error),
      );
      return refused
        ? [
            wanting(
              "permission",
              `the token lacks ${permission}: ${READ.includes(permission) ? "read" : "write"}, for ${what}: docs/how-to/connect-github.md lists what each feature needs`,
            ),
          ]
        : [];
    }),
  );
  return found.flat();
}

/** Who the settings name but may not see the repository: GitHub takes them neither as reviewers nor in lists of who may pass a rule by. */
export async function standingFindings(api: Api, teams: readonly string[], users: readonly string[]): Promise<Finding[]> {
  const { octokit, owner, repo } = api;
  const shut = (who: string) =>
    wanting("people", `${who} may not see ${owner}/${repo}: give them access, or GitHub refuses to name them in a rule`);
  const asked = [
    ...teams.map(async (team): Promise<Finding[]> => {
      const [org = "", team_slug = ""] = team.split("/");
      return octokit.rest.teams.checkPermissionsForRepoInOrg({ org, team_slug, owner, repo }).then(
        () => [],
        (error: unknown) =>
          statusOf(error) === 404 ? [shut(`team ${team}`)] : [wanting("people", `team ${team}: ${inWords(error, api)}`)],
      );
    }),
    ...users.map(async (username): Promise<Finding[]> => {
      const found = await octokit.rest.repos.getCollaboratorPermissionLevel({ owner, repo, username }).then(
        ({ data }) => data.permission,
        () => undefined, // who may not ask this is told elsewhere
      );
      return found === "none" ? [shut(`user ${username}`)] : [];
    }),
  ];
  return (await Promise.all(asked)).flat();
}
