import type { Reply } from "./call.ts";

export interface Fault extends Reply {
  /** Every method when left out. */
  method?: string;
  /** Paths that it hits; every one when left out. */
  path?: RegExp;
  /** How many requests it hits; one when left out. */
  times?: number;
  /** Answers only then; with neither status nor body, as if nothing had been asked of it. */
  until?: Promise<unknown>;
}

/** Replies that somebody asked the stand-in to give instead of its own, each so many times. */
export class Faults {
  readonly #pending: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }
  async take(method: string, path: string): Promise<Reply | undefined> {
    const hit = this.#pending.find(
      ({ fault, left }) => left > 0 && (fault.method ?? method) === method && (fault.path?.test(path) ?? true),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    const { status, body, until } = hit.fault;
    await until;
    return status === undefined && body === undefined ? undefined : hit.fault;
  }
}

/** As GitHub refuses too many requests (docs: "Rate limits for the REST API"): the primary limit, or a secondary one. */
export const rateLimited = (seconds: number, kind: "primary" | "secondary" = "secondary"): Reply =>
  kind === "primary"
    ? {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + seconds) },
        body: {
          message: "API rate limit exceeded for user ID 1.",
          documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
          status: "403",
        },
      }
    : {
        status: 429,
        headers: { "retry-after": String(seconds) },
        body: {
          message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
          documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
          status: "429",
        },
      };
