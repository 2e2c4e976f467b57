import { z } from "zod";
import { EnvironmentBranch } from "./branch.schema.ts";
import { ActionsName, Actors, CheckContext, RefPattern } from "./names.ts";

const DeployFrom = z
  .strictObject({
    branches: z.array(RefPattern).default([]),
    tags: z.array(RefPattern).default([]),
  })
  .refine(({ branches, tags }) => branches.length + tags.length > 0, { error: "must name a branch or a tag: nothing could be deployed" });

const Deploy = z.strictObject({
  on: z
    .enum(["push", "request"], { error: "must be push or request" })
    .default("request")
    .describe("push: a push to its branch deploys; request: somebody starts the workflow"),
  checks: z.array(CheckContext).default([]).describe("Checks of the commit that the deployment waits for, where a push does not"),
});

/** `environment.github`: the GitHub Environment through which workflows deploy here, and this environment's own branch. */
export const EnvironmentGithub = z.strictObject({
  branch: EnvironmentBranch.optional().describe("Left out: it has no branch of its own. A branch of several belongs to the platform stack"),
  reviewers: Actors.prefault({}).describe("Any one of them must approve a deployment; at most 6"),
  waitTimer: z
    .int({ error: "must be a whole number of minutes" })
    .min(0, { error: "must be 0 or more minutes" })
    .max(43_200, { error: "must be at most 43200 minutes (30 days). For longer, declare a soak gate" })
    .default(0)
    .describe("Minutes that a deployment waits after it was asked for"),
  preventSelfReview: z.boolean().default(true).describe("Who started a deployment cannot approve it"),
  administratorsBypass: z.boolean().optional().describe("Administrators may skip the above; left out: no, where the plan can forbid it"),
  deployFrom: DeployFrom.describe("Branches and tags that may be deployed here; nothing else gets the environment's secrets"),
  deploy: Deploy.prefault({}),
  variables: z.record(ActionsName, z.string().min(1)).default({}).describe("Variables for workflows, not secret"),
});
export type EnvironmentGithub = z.infer<typeof EnvironmentGithub>;
