import type { Github } from "./index.ts";
import type { Plan, Repo } from "./state.ts";

/** What a project takes for granted on GitHub: its owner, its repository, and the teams and people that its settings name. */
export interface Furniture {
  readonly owner: string;
  readonly ownerKind: "organization" | "user";
  readonly plan: Plan;
  readonly repository: string;
  readonly visibility: Repo["visibility"];
  readonly defaultBranch: string;
  /** Slugs. */
  readonly teams: readonly string[];
  readonly users: readonly string[];
}

/** Who runs `liftlock --local`: administers every owner. */
export const OPERATOR = "liftlock";

/** Adds what is missing, and changes nothing that is there. Returns a token that may do everything. */
export async function furnish(github: Github, wanted: Furniture): Promise<string> {
  const { hub } = github;
  const has = (login: string) => hub.state.accounts[login.toLowerCase()] !== undefined;
  const newcomers: string[] = [];
  for (const login of [OPERATOR, ...wanted.users]) {
    if (has(login)) continue;
    await github.addUser(login);
    if (login !== OPERATOR) newcomers.push(login);
  }
  if (!has(wanted.owner)) {
    if (wanted.ownerKind === "organization") await github.addOrganization(wanted.owner, OPERATOR, wanted.plan);
    else await github.addUser(wanted.owner, { plan: wanted.plan });
  }
  const owner = hub.account(wanted.owner);
  if (owner.type === "Organization") {
    for (const slug of wanted.teams) {
      if (owner.teams[slug.toLowerCase()] !== undefined) continue;
      await github.addTeam(owner.login, slug, []);
      newcomers.push(`team:${slug}`);
    }
    for (const login of wanted.users) owner.members[login.toLowerCase()] ??= "member";
  }
  const repo = hub.state.repos[`${wanted.owner}/${wanted.repository}`.toLowerCase()] ?? (await addRepository(github, wanted));
  // Who was here before may have lost their access by hand: that stays as it is.
  for (const who of newcomers) {
    if (who.startsWith("team:")) repo.teams[who.slice(5)] ??= "push";
    else repo.collaborators[who.toLowerCase()] ??= "push";
  }
  await hub.save();
  return tokenOf(github, owner.type === "Organization" ? OPERATOR : owner.login);
}

async function addRepository(github: Github, { owner, repository, visibility, defaultBranch, teams, users }: Furniture): Promise<Repo> {
  const access = Object.fromEntries([...teams.map((slug) => [`team:${slug}`, "push"]), ...users.map((login) => [login, "push"])]);
  const made = await github.addRepository(owner, repository, { visibility, access, branch: defaultBranch });
  made.laidOut = true;
  return made;
}

async function tokenOf(github: Github, login: string): Promise<string> {
  const known = Object.entries(github.hub.state.tokens).find(([, token]) => token.login.toLowerCase() === login.toLowerCase());
  return known?.[0] ?? github.addToken(login);
}
