import { expect, test } from "vitest";
import { renderProgram } from "../../local/engine/embedded.ts";
import { Secret, UNKNOWN } from "../../local/engine/values.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { TestProject } from "../engine/support/stack.ts";

const PROGRAM = `
import * as github from "@pulumi/github";
const repo = github.getRepositoryOutput({ name: "ferry" });
const team = github.getTeamOutput({ slug: "product-owners" });
const env = new github.RepositoryEnvironment("env", {
  repository: "ferry", environment: "production", waitTimer: 30,
  reviewers: [{ teams: [team.id.apply(Number)] }],
});
new github.ActionsEnvironmentSecret("secret", { repository: "ferry", environment: env.environment, secretName: "KEY", value: "hush-hush" });
new github.BranchProtection("main", { repositoryId: repo.nodeId, pattern: "main", requiredPullRequestReviews: [{}] });
export const id = team.id;
`;

test("a program with GitHub's resources is rendered without a GitHub", async () => {
  const project = new TestProject(PROGRAM);
  const rendered = await renderProgram({ projectDir: project.dir, stack: "dev", providers: [githubFactory({ kind: "offline" })] });
  const inputs = Object.fromEntries(rendered.map((resource) => [resource.name, resource.inputs]));
  expect(inputs.env).toEqual({ repository: "ferry", environment: "production", waitTimer: 30, reviewers: [{ teams: [UNKNOWN] }] });
  expect(inputs.secret).toEqual({ repository: "ferry", environment: "production", secretName: "KEY", value: new Secret("hush-hush") });
  expect(inputs.main).toEqual({ repositoryId: UNKNOWN, pattern: "main", requiredPullRequestReviews: [{}] });
});
