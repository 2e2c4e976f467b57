import { z } from "zod";
import { StackName } from "../primitives.ts";
import { ActionsName, Login, RepositoryName } from "./names.ts";

const CodeOwner = z.strictObject({
  path: z
    .string()
    .regex(/^[^\s#!][^\s]*$/, { error: "must be a path pattern without blanks, such as /components/ or *.ts" })
    .describe("Pattern as in .gitignore; the last one that matches counts"),
  owners: z
    .array(
      z.string().regex(/^(@[A-Za-z0-9-]+(\/[A-Za-z0-9_.-]+)?|[^@\s]+@[^@\s]+)$/, {
        error: "must be @login, @organisation/team or an e-mail address",
      }),
    )
    .describe("Nobody: the path needs no code owner"),
});
export type CodeOwner = z.infer<typeof CodeOwner>;

const ActionsSecret = z.strictObject({
  description: z.string().min(1).optional(),
  only: z.array(StackName).min(1).optional().describe("Exists in these environments only"),
  except: z.array(StackName).min(1).optional().describe("Exists everywhere but in these environments"),
});

/** What GitHub is told of what happens. Nothing of it is needed by a run, and nothing of it fails one. */
const Publish = z.strictObject({
  deployments: z.boolean().default(true).describe("Every deployment of the ledger, as a deployment of GitHub"),
  gates: z.boolean().default(true).describe("What each gate says of a release, as a status of its commit: liftlock/STACK/GATE"),
  pullRequests: z
    .boolean()
    .default(true)
    .describe(
      "After a rollback, a pull request that takes the stack's file back to what runs, where the branch still names the bad release",
    ),
});

/** `application.repository`: the GitHub repository whose rules the stacks keep. What GitHub allows depends on its plan and visibility. */
export const RepositorySettings = z.strictObject({
  owner: Login,
  name: RepositoryName,
  ownerKind: z
    .enum(["organization", "user"], { error: "must be organization or user" })
    .default("organization")
    .describe("Lists of who may pass a rule by need an organisation"),
  plan: z
    .enum(["free", "pro", "team", "enterprise"], { error: "must be free, pro, team or enterprise" })
    .describe("The owner's plan: a private repository's rules depend on it"),
  visibility: z.enum(["public", "private", "internal"], { error: "must be public, private or internal" }),
  defaultBranch: z.string().min(1).default("main"),
  baseUrl: z.url({ error: "must be an address such as https://github.example.com/" }).optional().describe("GitHub Enterprise Server"),
  codeOwners: z.array(CodeOwner).default([]).describe("CODEOWNERS, in this order"),
  publish: Publish.prefault({}).describe("What a run that has a token tells GitHub"),
  secrets: z
    .record(ActionsName, ActionsSecret)
    .default({})
    .describe("Secrets of the GitHub Environments, for workflows: flat secret keys of the stack files, as application.secrets"),
});
export type RepositorySettings = z.infer<typeof RepositorySettings>;
