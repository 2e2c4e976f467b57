import picomatch from "picomatch";
import { LANES } from "../../components/github/lanes.ts";

export interface SourceQuestion {
  readonly base: string;
  readonly head: string;
  /** `owner/name` of the repository that the head is in; left out: the one that the base is in. */
  readonly headRepository?: string | undefined;
  /** `owner/name` of the repository that the settings speak of. */
  readonly repository?: string | undefined;
  /** Branches, or patterns of them, and what they take merges from; the settings of a branch that takes all have no entry. */
  readonly branches: readonly { readonly pattern: string; readonly mergesFrom: readonly string[] }[];
}

export interface SourceDecision {
  readonly allowed: boolean;
  readonly text: string;
}

/**
 * May `head` be merged into `base`? Names are compared within one repository: in a fork anybody may call a branch staging, or hotfix/x.
 */
export function decideSource({ base, head, headRepository, repository, branches }: SourceQuestion): SourceDecision {
  const rules = branches.filter(({ pattern }) => matches(base, pattern));
  const [rule] = rules;
  if (rule === undefined) return { allowed: true, text: `${base} takes merges from any branch.` };
  const lanes = LANES.join(", ");
  const takes = `${base} takes merges from ${rule.mergesFrom.join(", ")} only, and from ${lanes}`;
  if (headRepository !== undefined && repository !== undefined && headRepository.toLowerCase() !== repository.toLowerCase())
    return {
      allowed: false,
      text: `${takes}, all of ${repository} itself. ${head} is a branch of ${headRepository}: open the pull request against ${rule.mergesFrom[0]}.`,
    };
  const lane = LANES.find((pattern) => matches(head, pattern));
  if (lane !== undefined) return { allowed: true, text: `${head} is of ${lane}, which ${base} takes: reviews and gates hold for it too.` };
  // Every rule that speaks of the branch must take it, as GitHub adds up its own.
  if (rules.every(({ mergesFrom }) => mergesFrom.some((pattern) => matches(head, pattern))))
    return { allowed: true, text: `${base} takes merges from ${head}.` };
  return {
    allowed: false,
    text: `${takes}; ${head} is none of them. Merge it into ${rule.mergesFrom[0]} first; an urgent fix goes on a branch hotfix/….`,
  };
}

/** As GitHub matches branch names (Ruby's fnmatch with FNM_PATHNAME): `*` stays within one part of the path. */
const matches = (branch: string, pattern: string): boolean =>
  picomatch.isMatch(branch, pattern, { dot: true, nobrace: true, noextglob: true });
