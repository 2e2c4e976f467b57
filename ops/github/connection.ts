import type { RepositorySettings } from "../../components/github/repository.schema.ts";

/** Where a GitHub's API is, and what opens it. */
export interface GithubConnection {
  /** `https://api.github.com/`, or the address of a GitHub Enterprise Server. */
  readonly baseUrl: string;
  readonly token: string;
  /** The local world's own: nothing real changes there. */
  readonly isLocal: boolean;
}

export const DOT_COM = "https://api.github.com/";

/** The GitHub of a real environment: the token comes from the environment alone. undefined: there is none. */
export function realGithub(
  env: Readonly<Record<string, string | undefined>>,
  { baseUrl = DOT_COM }: Pick<RepositorySettings, "baseUrl">,
): GithubConnection | undefined {
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  return token ? { baseUrl, token, isLocal: false } : undefined;
}
