import type { Context } from "../context.ts";
import { findRepository } from "../ledger/git.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import type { GithubConnection } from "./connection.ts";

/** The time that a push to this machine may take, in milliseconds. */
const LONGEST = 120_000;

/**
 * Brings what is committed here to a branch of the local world's own GitHub, where nobody else would. What was laid out there before (a first
 * commit of its own) gives way; rules of the branch hold as anywhere. The token goes to git in its environment alone.
 */
export async function pushHere(
  { io }: Context,
  { dir }: Pick<ProjectSummary, "dir">,
  { baseUrl, token }: GithubConnection,
  { owner, repo, branch }: { owner: string; repo: string; branch: string },
): Promise<void> {
  const git = await findRepository(dir, io.env);
  if ((await git.maybe(["rev-parse", "--verify", "--quiet", "HEAD"])) === undefined)
    throw new UserError(
      `Nothing is committed in ${dir} yet: commit it first, what is committed is pushed to the local world's own GitHub.`,
    );
  const address = `${new URL(baseUrl).origin}/${owner}/${repo}.git`;
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  const env = configuration(io.env, { "http.extraHeader": `Authorization: Basic ${basic}`, "http.proxy": "" });
  const { code, stderr } = await git.attempt(["push", "--no-verify", "--quiet", address, `+HEAD:refs/heads/${branch}`], {
    env,
    timeout: LONGEST,
  });
  if (code === 0) {
    const commit = await git.text(["rev-parse", "--short", "HEAD"]);
    io.err(io.colors.dim(`Pushed ${commit} to ${branch} of ${owner}/${repo} on the local world's own GitHub.`));
    return;
  }
  const reasons = [...stderr.matchAll(/^remote: - (.*?)\s*$/gm)].map(([, reason]) => reason);
  const why =
    reasons.length > 0
      ? reasons.join("; ")
      : (stderr
          .trim()
          .split("\n")
          .find((line) => /^(fatal|error): /.test(line)) ?? stderr.trim());
  throw new UserError(
    `What is committed here could not be pushed to ${branch} of ${owner}/${repo} on the local world's own GitHub: ${why.replaceAll(basic, "[secret]")}`,
  );
}

/** Settings of git for one run, behind those that the environment has already. */
function configuration(given: Context["io"]["env"], settings: Readonly<Record<string, string>>): Record<string, string> {
  const before = Number(given.GIT_CONFIG_COUNT ?? 0);
  const pairs = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${before + index}`, key],
    [`GIT_CONFIG_VALUE_${before + index}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(before + Object.keys(settings).length) };
}
