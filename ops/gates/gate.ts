/** The verdict of one gate on one release for one stack. */
export interface Verdict {
  /** Kind of gate: `upstream`, `soak`, `approval`, `check`, `window`, `freeze`, `hold`, `migrations`, `configuration`, … */
  readonly gate: string;
  /** Which one of its kind: the role, the check's name, the upstream stack. */
  readonly subject?: string;
  readonly open: boolean;
  /** Machine-readable reason, kebab-case, stable: `soaking`, `not-run-upstream`, `self-approval`, `outside-window`, … */
  readonly code: string;
  /** One sentence: what, where, why. */
  readonly text: string;
  /** What would open it: a command or a person. */
  readonly next?: string;
  /** When it opens by itself; absent when it needs somebody. */
  readonly opensAt?: Date;
  /** Ids of the ledger entries that it stands on. */
  readonly evidence: readonly string[];
}
