import type { EnvironmentGithub } from "../../components/github/environment.schema.ts";
import type { Approval, ApproverSource } from "../gates/input.ts";
import type { Io } from "../terminal/io.ts";
import { inWords } from "./api.ts";
import { releaseAt, type StackFiles } from "./release-at.ts";
import type { Teams } from "./teams.ts";

export interface EnvironmentApprovalsOf extends StackFiles {
  readonly env: Io["env"];
  /** `environment.github` of each stack that has it. */
  readonly environments: Readonly<Record<string, EnvironmentGithub>>;
  readonly members: Teams;
  /** Teams that roles name: `acme/qa`. */
  readonly teams: readonly string[];
  /** Says once why they are not seen. */
  readonly warn: (line: string) => void;
}

/**
 * Approvals that the GitHub Environment asked for before this very run began: the gate counts those of people whom its roles name. Read in a
 * workflow's run alone, for the release that its commit names. A run that somebody rejected never comes here, so where they cannot be read
 * nothing is hidden but approvals.
 */
export class EnvironmentApprovals implements ApproverSource {
  readonly name = "github-environment";
  readonly #of: EnvironmentApprovalsOf;
  #said = false;

  constructor(of: EnvironmentApprovalsOf) {
    this.#of = of;
  }

  async approvals({ stack, releaseId }: { stack: string; releaseId: string }): Promise<readonly Approval[]> {
    const { api, env, environments } = this.#of;
    const settings = environments[stack];
    const run_id = Number(env.GITHUB_RUN_ID);
    const isHere = env.GITHUB_REPOSITORY?.toLowerCase() === `${api.owner}/${api.repo}`.toLowerCase();
    if (env.GITHUB_ACTIONS !== "true" || !isHere || !Number.isSafeInteger(run_id) || run_id < 1 || settings === undefined) return [];
    try {
      return await this.#inRun(run_id, { stack, releaseId, settings });
    } catch (error) {
      if (!this.#said)
        this.#of.warn(`Approvals given in the GitHub Environment ${stack} are not seen: ${inWords(error, api)} (it needs actions: read).`);
      this.#said = true;
      return [];
    }
  }

  async #inRun(
    run_id: number,
    { stack, releaseId, settings }: { stack: string; releaseId: string; settings: EnvironmentGithub },
  ): Promise<Approval[]> {
    const { api, members, teams } = this.#of;
    const at = { owner: api.owner, repo: api.repo, run_id };
    const { data: reviews } = await api.octokit.rest.actions.getReviewsForRun(at);
    const ours = reviews.filter(
      ({ state, environments }) => state === "approved" && environments.some(({ name }) => name?.toLowerCase() === stack.toLowerCase()),
    );
    if (ours.length === 0) return [];
    const { data: run } = await api.octokit.rest.actions.getWorkflowRun(at);
    if ((await releaseAt(this.#of, stack, run.head_sha)) !== releaseId) return [];
    const started = new Set([run.actor?.login, run.triggering_actor?.login].map((login) => login?.toLowerCase()));
    const others = ours.filter(({ user }) => !settings.preventSelfReview || !started.has(user.login.toLowerCase()));
    return Promise.all(
      others.map(
        async ({ user: { login, type } }): Promise<Approval> => ({
          ...{ source: this.name, id: `run ${run_id}/${login}`, stack, releaseId },
          actor: { name: login, login, ...(type === "Bot" || login.endsWith("[bot]") ? { bot: true } : {}) },
          role: "reviewer",
          teams: await members.of(login, teams),
          // They looked at the run, not at what changed.
          codeOwner: false,
          verdict: "approved",
          // GitHub does not say when. It was after this, so that whatever else was said since then counts for more.
          at: run.run_started_at ?? run.created_at,
        }),
      ),
    );
  }
}
