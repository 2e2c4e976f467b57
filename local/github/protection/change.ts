/** A change of one reference, with what the rules may want to know about it. */
export interface Change {
  ref: string;
  kind: "create" | "update" | "delete";
  /** The old commit is not among the new one's ancestors. */
  forced: boolean;
  /** Commits that the reference did not have. */
  commits: readonly { sha: string; isMerge: boolean; signed: boolean; message: string; authorEmail: string; committerEmail: string }[];
  /** Names of the checks and statuses that the commit to judge has passed. */
  passed: ReadonlySet<string>;
  /** Environments in which the commit's latest deployment is a success. */
  deployed: ReadonlySet<string>;
  /** How it comes about: by a push (or a call that is one), or by merging a pull request. */
  by: { kind: "push" } | { kind: "merge"; method: "merge" | "squash" | "rebase"; pull: Standing };
}

/** What reviews and comments say about a pull request. */
export interface Standing {
  author: string;
  approvals: readonly string[];
  changesRequested: readonly string[];
  /** Approvals by somebody other than whoever pushed last. */
  approvalsOfLastPush: number;
  /** For every changed file with code owners: whether one of them approved. */
  unapprovedOwners: readonly string[];
  openThreads: number;
  upToDate: boolean;
}
