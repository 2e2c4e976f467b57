import { z } from "zod";
import { StackName } from "../primitives.ts";
import { Actors, CheckContext, RefPattern } from "./names.ts";

const Reviews = z.strictObject({
  approvals: z
    .int({ error: "must be a whole number" })
    .min(0, { error: "must be 0 or more" })
    .max(6, { error: "must be at most 6: GitHub counts no more. For more people, declare promotion gates" })
    .default(1),
  codeOwners: z.boolean().default(false).describe("One approval must come from a code owner of what changes"),
  dismissStale: z.boolean().default(true).describe("A new commit voids the approvals before it"),
  lastPush: z.boolean().default(false).describe("Somebody other than who pushed last must approve"),
  bypass: Actors.prefault({}).describe("Who may merge or push without a pull request, such as an automation"),
});

const DeployedTo = z.strictObject({
  environments: z.array(StackName).min(1, { error: "must name a GitHub Environment" }),
  bypass: Actors.prefault({}).describe("Who may merge a pull request all the same: a way back was deployed nowhere else"),
});

/** What GitHub demands of a change before it reaches a branch. Every rule binds administrators too, unless said otherwise. */
export const BranchRules = z.strictObject({
  reviews: z
    .union([z.literal(false), Reviews], { error: "must be false, or settings such as { approvals: 1 }" })
    .prefault({})
    .describe("Changes come by pull request. false: direct pushes are allowed"),
  checks: z.array(CheckContext).default([]).describe("Checks that must have passed"),
  upToDate: z.boolean().default(true).describe("Checks must have run on the newest state of the branch"),
  linearHistory: z.boolean().default(false).describe("No merge commits: squash or rebase"),
  conversationResolution: z.boolean().default(true).describe("Every conversation must be resolved before merging"),
  signedCommits: z.boolean().default(false),
  administrators: z.boolean().default(true).describe("Administrators are bound as well"),
  forcePush: Actors.optional().describe(
    "The only ones who may force a push, and so push without a pull request; required checks hold for them too. Left out: nobody",
  ),
  mergesFrom: z
    .array(RefPattern)
    .min(1, { error: "must name a branch" })
    .optional()
    .describe("Pull requests from these branches only, and from hotfix/*, rollback/* and promote/*: a required check"),
  deployedTo: DeployedTo.optional().describe("A commit must have been deployed there before it is merged"),
});
export type BranchRules = z.infer<typeof BranchRules>;

/** The branch of one environment: what is pushed there is what runs there. */
export const EnvironmentBranch = BranchRules.extend({ name: RefPattern });
export type EnvironmentBranch = z.infer<typeof EnvironmentBranch>;
