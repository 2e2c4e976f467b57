import { userInfo } from "node:os";
import { UserError } from "../user-error.ts";
import type { Actor } from "./event.ts";
import type { Git } from "./git.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Who acts: as GitHub Actions says it, otherwise as git knows them. In the local world the name of the account is enough. */
export async function findActor(git: Git, env: Environment, local: boolean): Promise<Actor> {
  const login = env.GITHUB_ACTIONS === "true" ? env.GITHUB_ACTOR : undefined;
  if (login) return { name: login, login, ...(login.endsWith("[bot]") ? { bot: true } : {}) };
  const config = await git.config();
  const name = env.GIT_AUTHOR_NAME || config.get("user.name");
  const email = env.GIT_AUTHOR_EMAIL || config.get("user.email");
  if (name && email) return { name, email };
  if (local) return { name: name || accountName(env), ...(email ? { email } : {}) };
  throw new UserError(
    `git does not know who you are, and the ledger says who did what. Run:\n  git config --global user.name "Your Name"\n  git config --global user.email you@example.com`,
  );
}

function accountName(env: Environment): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER || "somebody"; // an account without an entry in the system's list, as in some containers
  }
}

/** Git's own author, and its committer where nobody configured one. */
export async function gitIdentity(git: Git, actor: Actor, env: Environment): Promise<Record<string, string>> {
  const name = actor.name.replace(/[<>\n]/g, "").trim() || "somebody";
  const email = actor.email ?? (actor.login === undefined ? "nobody@localhost" : `${actor.login}@users.noreply.github.com`);
  const author = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email };
  const config = await git.config();
  if ((config.get("user.name") && config.get("user.email")) || (env.GIT_COMMITTER_NAME && env.GIT_COMMITTER_EMAIL)) return author;
  return { ...author, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
