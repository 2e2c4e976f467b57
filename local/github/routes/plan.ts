import type { Call } from "../http/call.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repo } from "../state.ts";

/** Protected branches and rulesets need a paid plan on private repositories (docs: "About protected branches"). */
export function needPaidPlan(call: Pick<Call, "hub">, repo: Repo): void {
  if (repo.visibility === "public" || call.hub.planOf(repo) !== "free") return;
  throw new Refusal(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.");
}

/** Environments are not there at all on a private repository of a free plan. */
export function needEnvironments(call: Pick<Call, "hub">, repo: Repo): void {
  if (repo.visibility !== "public" && call.hub.planOf(repo) === "free") throw notFound();
}

/** Reviewers, timers and the administrators' switch need Enterprise on private repositories (docs: "Deployments and environments"). */
export function needEnterprise(call: Pick<Call, "hub">, repo: Repo, feature: string): void {
  if (repo.visibility === "public" || call.hub.planOf(repo) === "enterprise") return;
  throw new Refusal(
    422,
    `Failed to create the environment protection rule. Please ensure the billing plan include the ${feature} protection rule.`,
  );
}
