import { sourcesOf, stacksOf } from "../../components/upstream.ts";
import { UserError } from "../user-error.ts";
import type { Evidence } from "./evidence.ts";

/** What decides on an environment's releases: what runs there and in those before it. */
export const decidingOn = ({ application }: Pick<Evidence, "application">, stack: string): string[] => [
  stack,
  ...stacksOf(sourcesOf(application.promotion, stack)),
];

/** Of these environments, why one's release cannot be known. */
export function unreadOf({ facts }: Pick<Evidence, "facts">, stacks: readonly string[]): string | undefined {
  const stack = stacks.find((name) => facts.get(name)?.unread !== undefined);
  return stack === undefined ? undefined : `What ${stack} runs cannot be known: ${facts.get(stack)!.unread}`;
}

/** What nobody could ask for must not pass for what is not there. */
export function requireRead(evidence: Pick<Evidence, "facts">, ...stacks: readonly string[]): void {
  const unread = unreadOf(evidence, stacks);
  if (unread !== undefined) throw new UserError(unread);
}
