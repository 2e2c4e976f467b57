import type { ApplicationSettings } from "../application.schema.ts";
import type { Finding, Part } from "../faults.ts";
import type { BranchRules } from "../github/branch.schema.ts";
import type { EnvironmentGithub } from "../github/environment.schema.ts";
import { approvalsRefused, bypassRefused, MAX_REVIEWERS, rulesRefused } from "../github/limits.ts";
import type { Actors } from "../github/names.ts";
import type { RepositorySettings } from "../github/repository.schema.ts";

/** Adds a finding at a path below the part's root; the message follows the path, such as "is …" or "must …". */
export type Add = (path: readonly PropertyKey[], message: string) => void;
export const adding =
  (found: Finding[], part: Part): Add =>
  (path, message) =>
    found.push({ part, path, message });
export const count = ({ teams, users }: Actors): number => teams.length + users.length;

/** What the repository is said to be can be, and its secrets exist in environments that there are. */
export function checkRepository({ repository, promotion }: ApplicationSettings): Finding[] {
  if (repository === undefined) return [];
  const found: Finding[] = [];
  const add = adding(found, "application");
  const { ownerKind, plan, visibility } = repository;
  if (ownerKind === "organization" && plan === "pro") add(["repository", "plan"], "must be free, team or enterprise for an organisation");
  if (ownerKind === "user" && (plan === "team" || plan === "enterprise")) add(["repository", "plan"], "must be free or pro for a user");
  if (visibility === "internal" && plan !== "enterprise")
    add(["repository", "visibility"], "must be public or private: internal repositories need GitHub Enterprise");
  for (const [key, { only, except }] of Object.entries(repository.secrets)) {
    if (only !== undefined && except !== undefined) add(["repository", "secrets", key], "has both only and except: keep one");
    for (const name of [...(only ?? []), ...(except ?? [])])
      if (!promotion.path.includes(name)) add(["repository", "secrets", key], `names "${name}", which is not on the promotion path`);
  }
  return found;
}

export interface OtherBranches {
  readonly stack: string;
  readonly branches?: readonly string[];
}

/** GitHub would accept what an environment asks of it. */
export function checkEnvironmentGithub(
  application: ApplicationSettings,
  github: EnvironmentGithub | undefined,
  siblings: readonly OtherBranches[],
): Finding[] {
  if (github === undefined) return [];
  const found: Finding[] = [];
  const add = adding(found, "environment");
  const { repository } = application;
  if (repository === undefined) {
    add(["github"], "needs a repository: declare application.repository in Pulumi.yaml");
    return found;
  }
  const refused = rulesRefused(repository);
  if (refused !== undefined) {
    add(["github"], `is not possible: ${refused}`);
    return found;
  }
  const { reviewers, waitTimer, administratorsBypass, branch } = github;
  const notHere = approvalsRefused(repository);
  if (notHere !== undefined) {
    if (count(reviewers) > 0) add(["github", "reviewers"], `are not possible: ${notHere}`);
    if (waitTimer > 0) add(["github", "waitTimer"], `is not possible: ${notHere}`);
    if (administratorsBypass === false) add(["github", "administratorsBypass"], `cannot be forbidden: ${notHere}`);
  }
  if (count(reviewers) > MAX_REVIEWERS)
    add(["github", "reviewers"], `are ${count(reviewers)}, and GitHub takes ${MAX_REVIEWERS}: name a team that holds them`);
  checkTeams(["github", "reviewers", "teams"], reviewers, repository, add);
  for (const key of Object.keys(github.variables))
    if (Object.hasOwn(repository.secrets, key))
      add(["github", "variables", key], "is a secret in application.repository.secrets: keep one");
  if (branch !== undefined) {
    const { name, ...rules } = branch;
    const twice = siblings.find(({ branches }) => branches?.includes(name));
    if (twice !== undefined)
      add(
        ["github", "branch", "name"],
        `is a branch of "${twice.stack}" too, and GitHub keeps one rule a name: declare it once, in a platform stack`,
      );
    checkBranch(["github", "branch"], rules, application, repository, add);
  }
  return found;
}

/** GitHub would accept a branch's rules, and they say what they seem to say. */
export function checkBranch(
  where: readonly PropertyKey[],
  rules: BranchRules,
  application: ApplicationSettings,
  repository: RepositorySettings,
  add: Add,
): void {
  const at = (...path: PropertyKey[]) => [...where, ...path];
  const noLists = bypassRefused(repository);
  const list = (path: readonly PropertyKey[], actors: Actors | undefined) => {
    if (actors === undefined || count(actors) === 0) return;
    if (noLists !== undefined) add(path, `is not possible: ${noLists}`);
    checkTeams([...path, "teams"], actors, repository, add);
  };
  list(at("forcePush"), rules.forcePush);
  if (rules.forcePush !== undefined && count(rules.forcePush) === 0)
    add(at("forcePush"), "names nobody: name a team, or leave it out (then nobody may)");
  if (rules.forcePush !== undefined && rules.mergesFrom !== undefined)
    add(
      at("forcePush"),
      "would be refused by mergesFrom, whose check only a pull request runs: keep one of them (reviews hold for hotfix/* too, which mergesFrom lets in)",
    );
  if (rules.reviews === false) {
    const refusing = [...rules.checks, ...(rules.mergesFrom === undefined ? [] : ["source-branch"])];
    if (refusing.length > 0)
      add(
        at(rules.checks.length > 0 ? "checks" : "mergesFrom"),
        "refuses the direct pushes that reviews: false allows, since a pushed commit has no passed checks yet: let the deployment wait for them instead (environment.github.deploy.checks)",
      );
  } else {
    list(at("reviews", "bypass"), rules.reviews.bypass);
    if (rules.reviews.codeOwners && repository.codeOwners.length === 0)
      add(at("reviews", "codeOwners"), "has no code owners to ask: list them in application.repository.codeOwners");
  }
  list(at("deployedTo", "bypass"), rules.deployedTo?.bypass);
  rules.deployedTo?.environments.forEach((name, index) => {
    if (!application.promotion.path.includes(name))
      add(at("deployedTo", "environments", index), `names "${name}", which is not on the promotion path`);
  });
}

/** Every team is one of the repository's owner. */
export function checkTeams(where: readonly PropertyKey[], { teams }: Actors, { owner, ownerKind }: RepositorySettings, add: Add): void {
  teams.forEach((team, index) => {
    if (ownerKind === "user") add([...where, index], "is a team, and a user has none: name people under users");
    else if (team.split("/")[0]?.toLowerCase() !== owner.toLowerCase())
      add([...where, index], `must be a team of ${owner}, which owns the repository`);
  });
}
