import { RequestError } from "octokit";
import { UserError } from "../../../ops/user-error.ts";
import { ProviderError } from "../../engine/provider.ts";
import { reveal, type Value } from "../../engine/values.ts";
import { scrub } from "../kubernetes/secrets.ts";
import type { Session } from "./client.ts";
import type { Handler } from "./handler.ts";

/** What went wrong in a call, in words that a person can act on and without the secrets of what was sent. */
export async function failure(
  error: unknown,
  what: { type: string; name: string; verb: string },
  session: Session,
  submitted: Value,
  handler?: Handler,
): Promise<Error> {
  if (error instanceof UserError) return error;
  const kind = what.type.split(":").at(-1);
  const subject = `${kind} "${what.name}"`;
  if (error instanceof ProviderError) return new ProviderError(scrub(`${subject}: ${error.message}`, submitted));
  if (error instanceof Error && error.name === "AbortError")
    return new ProviderError(`${subject}: cancelled before GitHub was asked to ${what.verb} it`);
  const status = error instanceof RequestError ? error.status : undefined;
  const words = scrub(messageOf(error), submitted);
  if (what.verb === "create" && isConflict(status, words)) {
    const id = await handler?.importId?.(reveal(submitted) as never, session).catch(() => undefined);
    if (id !== undefined)
      return new ProviderError(
        `${subject} is on ${session.host} already, made by hand or by another stack. To adopt it as it is:\n  pulumi import ${what.type} ${what.name} '${id}'\nor delete it there first. (GitHub: ${words})`,
      );
  }
  const hint = hintOf(status, words);
  return new ProviderError(`${subject}: ${session.host} refuses to ${what.verb} it: ${words}${hint === undefined ? "" : `\n  ${hint}`}`, {
    outcomeUnknown: status !== undefined && status >= 500,
  });
}

const isConflict = (status: number | undefined, words: string): boolean =>
  status === 409 || /already (exists|protected)|must be unique|already_exists/i.test(words);

function messageOf(error: unknown): string {
  if (error instanceof RequestError) {
    const data = error.response?.data as
      | { message?: string; errors?: (string | { message?: string; code?: string; field?: string })[] }
      | undefined;
    const items = (data?.errors ?? []).map((item) => (typeof item === "string" ? item : (item.message ?? `${item.field}: ${item.code}`)));
    return [data?.message ?? error.message, ...items].join("; ");
  }
  return error instanceof Error ? error.message.replace(/^Request failed due to following response errors:\s*-?\s*/, "") : String(error);
}

function hintOf(status: number | undefined, words: string): string | undefined {
  if (status === 401) return "The token is not (or no longer) valid: see docs/how-to/connect-github.md.";
  if (/Resource not accessible|does not have the correct permissions/.test(words))
    return "The token lacks a permission: docs/how-to/connect-github.md lists which each feature needs.";
  if (status === 404 || /Could not resolve to a node with the global id/.test(words))
    return "Either it is not there, or this token may not see or change it: GitHub answers both alike.";
  if (/billing plan|Upgrade to GitHub/.test(words)) return "Leave this setting out, make the repository public, or use a plan that has it.";
  return undefined;
}
