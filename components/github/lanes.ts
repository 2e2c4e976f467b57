/** The check that answers whether a branch may be merged into another; .github/workflows/source-branch.yml runs it. */
export const SOURCE_BRANCH_CHECK = "source-branch";

/** Branches that may be merged anywhere: they carry an approved fix, a way back, or a promotion, and their reviews and gates hold all the same. */
export const LANES = ["hotfix/*", "rollback/*", "promote/*"] as const;

/** Where the ledger lives: ops/ledger writes it, a ruleset keeps it. */
export const LEDGER_BRANCH = "liftlock-ledger";
