import { z } from "zod";
import { BranchRules } from "../github/branch.schema.ts";
import { ActionsName, Actors, Login, RefPattern, TeamName } from "../github/names.ts";

const Merge = z
  .strictObject({
    squash: z.boolean().default(true),
    rebase: z.boolean().default(true),
    mergeCommits: z.boolean().default(true),
    autoMerge: z.boolean().default(false),
    updateBranch: z.boolean().default(true).describe("Offers to bring a pull request up to date"),
    deleteBranchOnMerge: z.boolean().default(true),
  })
  .refine(({ squash, rebase, mergeCommits }) => squash || rebase || mergeCommits, { error: "must allow one way of merging" });

const ReleaseTags = z.strictObject({
  pattern: RefPattern.default("v*"),
  creators: Actors.prefault({}).describe("Who may create one; nobody named: everybody who may push"),
});

const LedgerBranch = z.strictObject({
  creators: Actors.prefault({}).describe("Who may create it: the automation. Nobody named: whoever writes first"),
});

const Level = z.enum(["pull", "triage", "push", "maintain", "admin"], { error: "must be pull, triage, push, maintain or admin" });

const Access = z.strictObject({
  teams: z.record(TeamName, Level).default({}),
  users: z.record(Login, Level).default({}).describe("People who were invited one by one; members of teams need no entry"),
});

const Actions = z.strictObject({
  secrets: z.array(ActionsName).default([]),
  variables: z.array(ActionsName).default([]),
});

/** `platform.github`: what belongs to the repository as a whole. */
export const PlatformGithub = z.strictObject({
  branches: z.record(RefPattern, BranchRules).default({}).describe("Branches that belong to no single environment"),
  merge: Merge.optional().describe("How pull requests are merged; left out: as it is"),
  tags: ReleaseTags.optional().describe("A release's tag is never moved or deleted"),
  ledger: LedgerBranch.optional().describe("The branch liftlock-ledger is never deleted or rewritten"),
  access: Access.optional().describe(
    "Who may do what, by agreement: `liftlock drift` names everybody who may do otherwise. Left out: it does not look",
  ),
  actions: Actions.optional().describe(
    "Names of the repository's own secrets and variables for workflows, by agreement: `liftlock drift` names every other, and those that are not there. Left out: it does not look",
  ),
  codeOwners: z
    .strictObject({ branch: RefPattern })
    .optional()
    .describe("Commits CODEOWNERS to this branch; left out: `liftlock workflows` writes it, and it comes by pull request"),
});
export type PlatformGithub = z.infer<typeof PlatformGithub>;
