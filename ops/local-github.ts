import type { GithubTarget } from "../local/providers/github/index.ts";
import { UserError } from "./user-error.ts";

/**
 * Which GitHub a run with the embedded engine talks to: none, unless LIFTLOCK_GITHUB names one. Only then do GITHUB_TOKEN and GITHUB_OWNER
 * count: a token that lies about in the environment must not change a real repository from a local run.
 */
export function githubTarget(env: NodeJS.ProcessEnv): { target: GithubTarget; words: string } {
  const baseUrl = env.LIFTLOCK_GITHUB;
  if (baseUrl === undefined || baseUrl === "") return { target: { kind: "offline" }, words: "" };
  if (!URL.canParse(baseUrl)) throw new UserError(`LIFTLOCK_GITHUB="${baseUrl}" is no address: write it like https://api.github.com`, 2);
  const token = env.GITHUB_TOKEN;
  if (token === undefined || token === "")
    throw new UserError(`LIFTLOCK_GITHUB names ${baseUrl}, and GITHUB_TOKEN holds no token for it: see docs/how-to/connect-github.md`, 2);
  const owner = env.GITHUB_OWNER ? { owner: env.GITHUB_OWNER } : {};
  return { target: { kind: "api", baseUrl, token, ...owner }, words: `, GitHub at ${new URL(baseUrl).host}` };
}
