import { releaseId } from "../../components/release.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { brokenGlass } from "./break-glass.ts";
import { ancestry, type Contains, commitOf } from "./commits.ts";
import type { Evidence } from "./evidence.ts";
import { fixesIn } from "./fixes.ts";
import { People } from "./people.ts";

/** A release that reached an environment by a short way, and that those before it do not all have yet. */
export interface Unported {
  readonly stack: string;
  readonly releaseId: string;
  /** Environments before it that run neither its commit nor one that contains it; none: it is ported back, and the ledger may say so. */
  readonly missing: readonly string[];
  /** They had it once, as the ledger says, and nothing new followed where it went: a release without it would lose it. */
  readonly noted: boolean;
}

/** Hotfixes and broken glass that the ledger does not call ported back, oldest first, each once. */
export function shortCuts(events: readonly LedgerEvent[], people: People): { stack: string; releaseId: string }[] {
  const hotfixes = events.flatMap(({ what }) => (what.kind === "hotfix" ? [{ stack: what.stack, releaseId: what.release.id }] : []));
  const glass = brokenGlass(events, people).map(({ stack, releaseId: id }) => ({ stack, releaseId: id }));
  const ported = new Set(events.flatMap(({ what }) => (what.kind === "back-ported" ? [`${what.stack}\0${what.releaseId}`] : [])));
  const open = [...hotfixes, ...glass].map((fix) => [`${fix.stack}\0${fix.releaseId}`, fix] as const);
  return [...new Map(open.filter(([key]) => !ported.has(key))).values()];
}

/**
 * Which environments lack which short-cut release. One that was never deployed lacks nothing: there is nothing there to regress. A release whose
 * commit nobody knows is taken for missing.
 */
export async function unported(
  { application, events, facts, project }: Pick<Evidence, "application" | "events" | "facts" | "project">,
  contains: Contains = ancestry(project.dir),
): Promise<Unported[]> {
  const { promotion } = application;
  const open = shortCuts(events, new People(promotion)).map((fix) => ({ ...fix, noted: false }));
  const slipped = promotion.path.flatMap((stack) => fixesIn(events, stack)).filter(({ noted }) => noted);
  const found = [...open, ...slipped].map(async ({ stack, releaseId: id, noted }): Promise<Unported> => {
    const commit = commitOf(id, events, facts);
    const lacks = async (name: string): Promise<boolean> => {
      const { live, unread } = facts.get(name) ?? {};
      if (unread !== undefined) return true;
      if (live === undefined || releaseId(live) === id) return false;
      return commit === undefined || (live.commit !== commit && !(await contains(commit, live.commit)));
    };
    const before = promotion.path.slice(0, Math.max(0, promotion.path.indexOf(stack)));
    const missing = await Promise.all(before.map(async (name) => ((await lacks(name)) ? [name] : [])));
    return { stack, releaseId: id, missing: missing.flat(), noted };
  });
  return Promise.all(found);
}
