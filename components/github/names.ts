import { z } from "zod";

/** Named atoms of GitHub's own, as GitHub spells them. */

const text = (pattern: RegExp, expected: string) => z.string().regex(pattern, { error: `must be ${expected}` });

/** https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication */
export const Login = text(/^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/, "a GitHub login without @, such as acme");
export const RepositoryName = text(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, "a repository's name without its owner, such as ferry");
export const TeamName = text(/^[A-Za-z0-9-]+\/[a-z0-9_.-]+$/, "a GitHub team by its organisation and slug, such as acme/qa");
/** Branch names, and patterns of them as fnmatch reads them: main, release/*. */
export const RefPattern = text(
  /^(?!\/)(?!.*(\/\/|\.\.|@\{|\\))[^\s\p{Cc}~^:]{1,200}(?<![/.])$/u,
  "a branch, a tag, or a pattern of them, such as main or v*",
);
export const CheckContext = z.string().min(1).max(200).describe("A check's name, as GitHub shows it on a pull request");
/** https://docs.github.com/en/actions/concepts/security/secrets#naming-your-secrets */
export const ActionsName = text(
  /^(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]{0,127}$/i,
  "letters, digits and underscores, not starting with a digit or with GITHUB_ (such as DEPLOY_KEY)",
);

/** People and teams. */
export const Actors = z.strictObject({
  teams: z.array(TeamName).default([]).describe("Teams, such as acme/qa"),
  users: z.array(Login).default([]).describe("Logins"),
});
export type Actors = z.infer<typeof Actors>;
