import type { Actor } from "../access.ts";
import type { Repo } from "../state.ts";
import type { Change } from "./change.ts";
import { classicRefusals } from "./classic.ts";
import { protectionOf, rulesetsOf } from "./match.ts";
import { rulesetRefusals } from "./ruleset.ts";

export interface Verdict {
  /** Of the branch's classic rule. */
  classic: string[];
  /** Of all rulesets together. */
  rulesets: string[];
}

/** What all rules together say about a change: each has its own say, so the most restrictive wins. */
export function judge(repo: Pick<Repo, "protections" | "rulesets" | "settings">, change: Change, actor: Actor): Verdict {
  const branch = change.ref.startsWith("refs/heads/") ? change.ref.slice("refs/heads/".length) : undefined;
  const rule = branch === undefined ? undefined : protectionOf(repo.protections, branch);
  const rulesets = rulesetsOf(repo.rulesets, change.ref, repo.settings.default_branch);
  return {
    classic: rule === undefined ? [] : classicRefusals(rule, change, actor),
    rulesets: [...new Set(rulesets.flatMap((ruleset) => rulesetRefusals(ruleset, change, actor)))],
  };
}

export const isRefused = ({ classic, rulesets }: Verdict): boolean => classic.length + rulesets.length > 0;

/** As `git push` shows a refusal (codes GH006 and GH013 are GitHub's). */
export function remoteLines(ref: string, { classic, rulesets }: Verdict): string[] {
  const lines: string[] = [];
  if (rulesets.length > 0)
    lines.push(`error: GH013: Repository rule violations found for ${ref}.`, "", ...rulesets.map((reason) => `- ${reason}`), "");
  if (classic.length > 0)
    lines.push(`error: GH006: Protected branch update failed for ${ref}.`, "", ...classic.map((reason) => `- ${reason}`), "");
  return lines;
}
