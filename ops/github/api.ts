import { Octokit, RequestError } from "octokit";
import { UserError } from "../user-error.ts";
import type { GithubConnection } from "./connection.ts";

/** One repository on one GitHub, and the client that asks it. */
export interface Api {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** For messages: `api.github.com`. */
  readonly host: string;
}

/** How long an answer is waited for, and how often a request that failed on its way is made again. */
export interface Patience {
  /** Of one attempt. */
  readonly milliseconds: number;
  readonly retries: number;
}
export const PATIENT: Patience = { milliseconds: 30_000, retries: 2 };
/** For what comes after a run's own work, and can wait for the next one. */
export const BRIEF: Patience = { milliseconds: 10_000, retries: 1 };

/** The one client of GitHub's API. A rate limit is not waited for: a command that people wait for says so instead. */
export function openApi(
  { baseUrl, token }: Omit<GithubConnection, "isLocal"> & Partial<GithubConnection>,
  { owner, name }: { owner: string; name: string },
  { milliseconds, retries }: Patience = PATIENT,
): Api {
  const rest = restOf(baseUrl);
  const never = () => false;
  const octokit = new Octokit({
    auth: token,
    baseUrl: rest,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    throttle: { enabled: false, onRateLimit: never, onSecondaryRateLimit: never },
    // To the library's own list: a limit (429) is not over a moment later.
    retry: { retries, retryAfterBaseValue: 200, doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
    request: {
      fetch: (url: string, options: RequestInit) => fetch(url, { ...options, signal: AbortSignal.timeout(milliseconds) }),
    },
  });
  return { octokit, owner, repo: name, host: new URL(rest).host };
}

/** github.com and ghe.com have their API under a host of its own, every GitHub Enterprise Server under /api/v3. */
function restOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  if (["api.github.com", "github.com"].includes(url.hostname)) return "https://api.github.com";
  if (url.hostname.endsWith(".ghe.com")) return `${url.protocol}//${url.hostname.startsWith("api.") ? "" : "api."}${url.host}`;
  return `${url.origin}${url.pathname.replace(/\/(api\/v3\/?)?$/, "")}/api/v3`;
}

export const statusOf = (error: unknown): number | undefined => (error instanceof RequestError ? error.status : undefined);

/** GitHub's word for what the owner's plan does not know: there is none of it, whoever asks. */
export const isBeyondPlan = (error: unknown): boolean =>
  statusOf(error) === 403 && error instanceof Error && /^Upgrade to GitHub \w+ or make this repository public/.test(error.message);

/** Undefined where GitHub says that it is not there. */
export async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** What went wrong, in words for people; never the token. */
export function inWords(error: unknown, { host }: Pick<Api, "host">): string {
  const status = statusOf(error);
  if (status === 401) return `${host} does not know the token: it may have run out`;
  if (status === 403 && /rate limit/i.test(message(error))) return `${host} has had enough requests of this token for now: try again later`;
  if (status === 403) return `the token may not do this on ${host}: ${message(error)}`;
  if (status === 404) return `${host} has no such thing, or the token may not see it`;
  if (status !== undefined && status < 500) return `${host} says: ${message(error)}`;
  return `${host} cannot be asked (${message(error) || `HTTP ${status}`})`;
}

export const failed = (what: string, error: unknown, api: Pick<Api, "host">): UserError =>
  new UserError(`${what}: ${inWords(error, api)}.`);

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/ - https:\/\/docs\S+$/, "");
