import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { releaseId } from "../../components/release.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { brokenGlass } from "./break-glass.ts";
import type { Evidence } from "./evidence.ts";
import { People } from "./people.ts";

/** A release that reached an environment by a short way, and that those before it do not all have yet. */
export interface Unported {
  readonly stack: string;
  readonly releaseId: string;
  /** Environments before it that run neither its commit nor one that contains it; none: it is ported back, and the ledger may say so. */
  readonly missing: readonly string[];
}

/** Does the second commit contain the first? */
export type Contains = (commit: string, later: string) => Promise<boolean>;

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
  const found = shortCuts(events, new People(promotion)).map(async ({ stack, releaseId: id }): Promise<Unported> => {
    const commit = commitOf(id, events, facts);
    const lacks = async (name: string): Promise<boolean> => {
      const live = facts.get(name)?.live;
      if (live === undefined || releaseId(live) === id) return false;
      return commit === undefined || (live.commit !== commit && !(await contains(commit, live.commit)));
    };
    const before = promotion.path.slice(0, Math.max(0, promotion.path.indexOf(stack)));
    const missing = await Promise.all(before.map(async (name) => ((await lacks(name)) ? [name] : [])));
    return { stack, releaseId: id, missing: missing.flat() };
  });
  return Promise.all(found);
}

/** The commit that a release was made of, as the ledger or an environment knows it. */
function commitOf(id: string, events: readonly LedgerEvent[], facts: Evidence["facts"]): string | undefined {
  for (const { declared, live } of facts.values())
    for (const release of [live, declared]) if (release !== undefined && releaseId(release) === id) return release.commit;
  for (const { what } of events) if ("release" in what && what.release.id === id) return what.release.commit;
  return undefined;
}

/** By git's history of this clone; a commit that it does not have contains nothing. */
const ancestry =
  (dir: string): Contains =>
  async (commit, later) =>
    promisify(execFile)("git", ["-C", dir, "merge-base", "--is-ancestor", commit, later]).then(
      () => true,
      () => false,
    );
