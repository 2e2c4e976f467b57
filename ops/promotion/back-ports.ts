import type { Context } from "../context.ts";
import { shortCuts, unported } from "../gates/back-port.ts";
import { gather } from "../gates/evidence.ts";
import { People } from "../gates/people.ts";
import { listed } from "../report/text.ts";
import type { Book } from "./book.ts";

const NOBODY = new People({ people: {}, roles: {} });

/** After a run: a hotfix, or what came through broken glass, that all environments before now contain is ported back, and the ledger says so. */
export async function noteBackPorts(context: Context, book: Book): Promise<void> {
  if (shortCuts(book.events, NOBODY).length === 0) return;
  const evidence = await gather(context);
  const { path } = evidence.application.promotion;
  for (const { stack, releaseId, missing, noted } of await unported(evidence)) {
    const to = path.slice(0, Math.max(0, path.indexOf(stack)));
    // Before the first environment there is none that could have it, and its broken glass stays red until somebody stands by it.
    if (noted || missing.length > 0 || to.length === 0) continue;
    await book.append({ kind: "back-ported", stack, releaseId, to });
    context.say(`${releaseId} of ${stack} is ported back: ${listed(to)} ${to.length === 1 ? "has" : "have"} it.`);
  }
}
