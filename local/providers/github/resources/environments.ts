import { isMap, type PropertyMap, type Value } from "../../../engine/values.ts";
import { type Session, unlessGone } from "../client.ts";
import { type Handler, idOf, partsOf, text } from "../handler.ts";
import { withDefaults } from "../preview.ts";
import { environment as schema } from "../schema/actions.ts";

const place = async (session: Session, repo: string, environment_name: string) => ({
  owner: await session.owner(),
  repo,
  environment_name,
});

async function put(session: Session, inputs: PropertyMap): Promise<{ id: string; outputs: PropertyMap }> {
  const all = withDefaults(inputs, schema.inputs);
  const [block] = Array.isArray(all.reviewers) ? all.reviewers : [];
  const ids = (key: string): number[] => (isMap(block) && Array.isArray(block[key]) ? (block[key] as number[]) : []);
  const reviewers = [
    ...ids("teams").map((id) => ({ type: "Team" as const, id })),
    ...ids("users").map((id) => ({ type: "User" as const, id })),
  ];
  const policy = isMap(all.deploymentBranchPolicy)
    ? {
        protected_branches: all.deploymentBranchPolicy.protectedBranches === true,
        custom_branch_policies: all.deploymentBranchPolicy.customBranchPolicies === true,
      }
    : null;
  await session.octokit.request("PUT /repos/{owner}/{repo}/environments/{environment_name}", {
    ...(await place(session, text(all.repository), text(all.environment))),
    wait_timer: typeof all.waitTimer === "number" ? all.waitTimer : 0,
    can_admins_bypass: all.canAdminsBypass === true,
    prevent_self_review: all.preventSelfReview === true,
    reviewers: reviewers.length === 0 ? null : reviewers,
    deployment_branch_policy: policy,
  });
  const { id } = await session.repository(text(all.repository));
  return { id: idOf(text(all.repository), text(all.environment)), outputs: { ...all, repositoryId: id } };
}

export const environment: Handler = {
  create: ({ session, inputs }) => put(session, inputs),
  update: ({ session, inputs }) => put(session, inputs),
  async read({ session, id }) {
    const [repository = "", name = ""] = partsOf(id);
    const found = await unlessGone(session.octokit.rest.repos.getEnvironment(await place(session, repository, name)));
    if (found === undefined) return undefined;
    // The administrators' switch is sent by GitHub and missing in its description.
    const live = found.data as typeof found.data & { can_admins_bypass?: boolean };
    const rules = (live.protection_rules ?? []) as {
      type: string;
      wait_timer?: number;
      prevent_self_review?: boolean;
      reviewers?: { type: string; reviewer: { id: number } }[];
    }[];
    const required = rules.find(({ type }) => type === "required_reviewers");
    const ids = (type: string): Value =>
      (required?.reviewers ?? []).filter((reviewer) => reviewer.type === type).map(({ reviewer }) => reviewer.id);
    const policy = live.deployment_branch_policy;
    return {
      id: idOf(repository, name),
      outputs: {
        repository,
        repositoryId: (await session.repository(repository)).id,
        environment: live.name,
        canAdminsBypass: live.can_admins_bypass ?? true,
        preventSelfReview: required?.prevent_self_review ?? false,
        waitTimer: rules.find(({ type }) => type === "wait_timer")?.wait_timer ?? 0,
        ...(required === undefined ? {} : { reviewers: [{ teams: ids("Team"), users: ids("User") }] }),
        ...(policy
          ? {
              deploymentBranchPolicy: { protectedBranches: policy.protected_branches, customBranchPolicies: policy.custom_branch_policies },
            }
          : {}),
      },
    };
  },
  async delete({ session, id }) {
    const [repository = "", name = ""] = partsOf(id);
    await unlessGone(session.octokit.rest.repos.deleteAnEnvironment(await place(session, repository, name)));
  },
};

const patternOf = (inputs: PropertyMap): { name: string; type: "branch" | "tag" } =>
  inputs.tagPattern === undefined ? { name: text(inputs.branchPattern), type: "branch" } : { name: text(inputs.tagPattern), type: "tag" };

export const environmentPolicy: Handler = {
  async create({ session, inputs }) {
    const [repository, name] = [text(inputs.repository), text(inputs.environment)];
    const { data } = await session.octokit.rest.repos.createDeploymentBranchPolicy({
      ...(await place(session, repository, name)),
      ...patternOf(inputs),
    });
    const policyId = data.id ?? 0;
    return {
      id: idOf(repository, name, String(policyId)),
      outputs: { ...inputs, policyId, repositoryId: (await session.repository(repository)).id },
    };
  },
  async read({ session, id }) {
    const [repository = "", name = "", policy = ""] = partsOf(id);
    const at = { ...(await place(session, repository, name)), branch_policy_id: Number(policy) };
    const found = await unlessGone(session.octokit.rest.repos.getDeploymentBranchPolicy(at));
    if (found === undefined) return undefined;
    const pattern: PropertyMap =
      (found.data as { type?: string }).type === "tag" ? { tagPattern: found.data.name ?? "" } : { branchPattern: found.data.name ?? "" };
    return {
      id,
      outputs: {
        repository,
        environment: name,
        policyId: Number(policy),
        repositoryId: (await session.repository(repository)).id,
        ...pattern,
      },
    };
  },
  async update({ session, inputs, id, olds }) {
    const [repository = "", name = "", policy = ""] = partsOf(id);
    const at = await place(session, repository, name);
    await session.octokit.rest.repos.updateDeploymentBranchPolicy({
      ...at,
      branch_policy_id: Number(policy),
      name: patternOf(inputs).name,
    });
    return { id, outputs: { ...inputs, policyId: olds.policyId ?? Number(policy), repositoryId: olds.repositoryId ?? 0 } };
  },
  async delete({ session, id }) {
    const [repository = "", name = "", policy = ""] = partsOf(id);
    await unlessGone(
      session.octokit.rest.repos.deleteDeploymentBranchPolicy({
        ...(await place(session, repository, name)),
        branch_policy_id: Number(policy),
      }),
    );
  },
};
