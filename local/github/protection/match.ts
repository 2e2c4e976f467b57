import picomatch from "picomatch";
import type { Protection, Ruleset } from "../state.ts";

/** Ruby's File.fnmatch with FNM_PATHNAME, which is what GitHub's patterns are: `*` stops at a slash, `**` + slash spans folders. */
export const fnmatch = (pattern: string, name: string): boolean =>
  picomatch.isMatch(name, pattern, { dot: true, noextglob: true, nobrace: true, nonegate: true });

const isExact = (pattern: string): boolean => !/[*?[\]]/.test(pattern);

/** The one classic rule of a branch: the exact name's before every pattern's, and of patterns the oldest (docs: "Managing a branch protection rule"). */
export function protectionOf(protections: readonly Protection[], branch: string): Protection | undefined {
  return (
    protections.find(({ pattern }) => isExact(pattern) && pattern === branch) ??
    protections.find(({ pattern }) => !isExact(pattern) && fnmatch(pattern, branch))
  );
}

/** Every active ruleset that is about a reference: they add up. */
export function rulesetsOf(rulesets: readonly Ruleset[], ref: string, defaultBranch: string): Ruleset[] {
  const target = ref.startsWith("refs/tags/") ? "tag" : "branch";
  const hits = (pattern: string): boolean =>
    pattern === "~ALL" || (pattern === "~DEFAULT_BRANCH" && ref === `refs/heads/${defaultBranch}`) || fnmatch(pattern, ref);
  return rulesets.filter(({ target: about, enforcement, conditions }) => {
    if (enforcement !== "active" || about !== target) return false;
    const { include = [], exclude = [] } = conditions.ref_name ?? {};
    return include.some(hits) && !exclude.some(hits);
  });
}
