import Bottleneck from "bottleneck";
import { Octokit, RequestError } from "octokit";
import type { Connection } from "./config.ts";
import { endpoints } from "./config.ts";

export type { Octokit } from "octokit";

/** What every resource's calls share: the client, and whose repositories names without an owner are. */
export interface Session {
  octokit: Octokit;
  /** Host of the GitHub that is talked to, for messages. */
  host: string;
  owner(): Promise<string>;
  repository(name: string): Promise<{ id: number; node_id: string; default_branch: string }>;
  /** It was changed: the next who asks for it gets it as it is then. */
  forget(name: string): void;
}

/** Requests that GitHub asks to repeat are repeated this often, and not waited for longer than this. */
const RETRIES = 3;
const LONGEST_WAIT_SECONDS = 60;

export function openSession({ baseUrl, token, owner }: Connection): Session {
  const { rest } = endpoints(baseUrl);
  const wait = (seconds: number, _options: object, _octokit: unknown, count: number): boolean =>
    count < RETRIES && seconds <= LONGEST_WAIT_SECONDS;
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  // A second between two writes is what GitHub asks of its users; a stand-in on this machine asks for nothing.
  const unhurried = ["127.0.0.1", "localhost", "[::1]"].includes(new URL(rest).hostname)
    ? { write: new Bottleneck.Group({ maxConcurrent: 1, minTime: 0 }) }
    : {};
  const octokit = new Octokit({
    auth: token,
    baseUrl: rest,
    log: quiet,
    throttle: { onRateLimit: wait, onSecondaryRateLimit: wait, fallbackSecondaryRateRetryAfter: 1, ...unhurried },
    // What stands in the way of a create (409) still does a second later, and how long a limit holds (429) the other setting knows: the
    // library would try three times more.
    retry: { retries: RETRIES, retryAfterBaseValue: 200, doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451] },
  });
  let login: Promise<string> | undefined;
  const whose = async (): Promise<string> => {
    if (owner !== undefined) return owner;
    login ??= octokit.rest.users.getAuthenticated().then(({ data }) => data.login);
    return login;
  };
  const repositories = new Map<string, Promise<{ id: number; node_id: string; default_branch: string }>>();
  return {
    octokit,
    host: new URL(rest).host,
    owner: whose,
    repository(name) {
      let found = repositories.get(name);
      if (found === undefined) {
        found = whose().then(async (of) => (await octokit.rest.repos.get({ owner: of, repo: name })).data);
        repositories.set(name, found);
        found.catch(() => repositories.delete(name));
      }
      return found;
    },
    forget: (name) => void repositories.delete(name),
  };
}

export const statusOf = (error: unknown): number | undefined => (error instanceof RequestError ? error.status : undefined);

/** The value of a read, undefined when GitHub says that it is not there. */
export async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    if (error instanceof Error && /Could not resolve to a node with the global id/.test(error.message)) return undefined;
    throw error;
  }
}
