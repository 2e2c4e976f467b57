export interface Review {
  readonly id: number;
  readonly user: { readonly login: string; readonly type?: string } | null;
  readonly state: string;
  readonly commit_id: string | null;
  readonly submitted_at?: string | undefined;
}

export interface Word {
  readonly login: string;
  readonly bot: boolean;
  readonly id: number;
  readonly verdict: "approved" | "rejected";
  readonly at: string;
}

/**
 * The last word of each person. A comment is none; a dismissed review is void; an approval holds for the commit that it was given on, and
 * a rejection until its author approves or somebody dismisses it, as GitHub itself counts them.
 */
export function latestWords(reviews: readonly Review[], head: string): Word[] {
  const last = new Map<string, Review>();
  for (const review of reviews) {
    if (review.user === null || review.state === "COMMENTED" || review.state === "PENDING") continue;
    last.set(review.user.login.toLowerCase(), review);
  }
  return [...last.values()].flatMap(({ id, user, state, commit_id, submitted_at }): Word[] => {
    if (user === null || submitted_at === undefined) return [];
    const word = { login: user.login, bot: user.type === "Bot" || user.login.endsWith("[bot]"), id, at: submitted_at };
    if (state === "CHANGES_REQUESTED") return [{ ...word, verdict: "rejected" }];
    return state === "APPROVED" && commit_id === head ? [{ ...word, verdict: "approved" }] : [];
  });
}
