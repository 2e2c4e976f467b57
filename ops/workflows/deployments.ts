import type { DeployedEnvironment, WorkflowSettings } from "./settings.ts";
import { checkoutToPush, lines, openPullRequest, prepareWorld, queued, RULES_TOKEN, RUNNER, WORLD } from "./steps.ts";

/**
 * The ledger is a branch: recording what was done needs the right to push. GitHub is told of it as deployments and statuses, and after a
 * rollback by a pull request; approvals that the GitHub Environment asked for are read from the run.
 */
const DEPLOYING = {
  actions: "read",
  contents: "write",
  deployments: "write",
  "id-token": "write",
  "pull-requests": "write",
  statuses: "write",
} as const;

/**
 * Brings one environment to what its branch says. A push to its branch and one of the release's tag start two runs, one after the other:
 * the second finds nothing to do.
 */
export function deploy({ command, folder }: WorkflowSettings, environment: DeployedEnvironment) {
  const { stack, branch, on, sharesBranch, tags, checks } = environment;
  const push = {
    branches: [branch],
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(sharesBranch ? { paths: [`${folder}Pulumi.${stack}.yaml`] } : {}),
  };
  const waiting = checks.length > 0;
  return {
    name: `Deploy ${stack}`,
    on: { ...(on === "push" ? { push } : {}), workflow_dispatch: {} },
    permissions: {},
    jobs: {
      ...(waiting ? { checks: waitForChecks(checks) } : {}),
      deploy: {
        ...(waiting ? { needs: "checks" } : {}),
        "runs-on": RUNNER,
        "timeout-minutes": 60,
        environment: stack,
        concurrency: queued(stack),
        permissions: DEPLOYING,
        env: { ...WORLD, ...RULES_TOKEN },
        steps: [
          checkoutToPush(),
          ...prepareWorld(),
          { name: "Deploy", run: `${command} up ${stack} --yes` },
          closeWhatWasKilled(`${command} publish ${stack}`),
        ],
      },
    },
  };
}

/**
 * A run that is cancelled, or takes too long, has seconds to end: what it was killed in the midst of, GitHub still shows as going on. The
 * runner's own checkout knows of it.
 */
const closeWhatWasKilled = (run: string, env?: Readonly<Record<string, string>>) => ({
  name: "Tell GitHub that it is over",
  if: "cancelled()",
  ...(env === undefined ? {} : { env }),
  run,
});

/** A push that the branch took without checks is deployed only when they have passed. */
const waitForChecks = (checks: readonly string[]) => ({
  "runs-on": RUNNER,
  "timeout-minutes": 60,
  permissions: { checks: "read" },
  steps: [
    {
      name: "Wait for the checks of this commit",
      env: { GH_TOKEN: "${{ github.token }}", CHECKS: checks.join("\n") },
      run: lines(
        "while true; do",
        "  waiting=",
        "  while IFS= read -r check; do",
        '    conclusion=$(gh api --method GET "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/check-runs" --field check_name="$check" \\',
        "      --jq '.check_runs | sort_by(.started_at) | last | .conclusion // empty')",
        '    case "$conclusion" in',
        '      "") waiting="$check" ;;',
        "      success | neutral | skipped) ;;",
        '      *) echo "$check: $conclusion. This commit is not deployed."; exit 1 ;;',
        "    esac",
        '  done <<< "$CHECKS"',
        '  if [ -z "$waiting" ]; then exit 0; fi',
        '  echo "Waiting for $waiting"',
        "  sleep 15",
        "done",
      ),
    },
  ],
});

/** Writes the release that is live in one environment into the next one's file, as a pull request. Its reviews are approvals; merging it deploys. */
export function promote({ command, environments }: WorkflowSettings) {
  const stacks = environments.map(({ stack }) => stack);
  return {
    name: "Promote",
    on: {
      workflow_dispatch: {
        inputs: {
          from: { description: "Where the release is live", type: "choice", required: true, options: stacks.slice(0, -1) },
          to: { description: "Where it goes", type: "choice", required: true, options: stacks.slice(1) },
        },
      },
    },
    permissions: {},
    jobs: {
      promote: {
        "runs-on": RUNNER,
        "timeout-minutes": 30,
        concurrency: queued("${{ inputs.to }}"),
        permissions: DEPLOYING,
        env: { ...WORLD, ...RULES_TOKEN },
        steps: [
          checkoutToPush(),
          ...prepareWorld(),
          {
            name: "Promote",
            env: { FROM: "${{ inputs.from }}", TO: "${{ inputs.to }}" },
            run: `${command} promote "$FROM" "$TO" --pull-request`,
          },
        ],
      },
    },
  };
}

/** Takes an environment back at once; the command has the stack's file follow as a pull request. */
export function rollback({ command, environments }: WorkflowSettings) {
  const stacks = environments.map(({ stack }) => stack);
  return {
    name: "Roll back",
    on: {
      workflow_dispatch: {
        inputs: {
          environment: { description: "Which environment", type: "choice", required: true, options: stacks },
          release: { description: "Version or id (default: the release before)", type: "string" },
          reason: { description: "Why, for the ledger", type: "string", required: true },
        },
      },
    },
    permissions: {},
    jobs: {
      rollback: {
        "runs-on": RUNNER,
        "timeout-minutes": 60,
        environment: "${{ inputs.environment }}",
        concurrency: queued("${{ inputs.environment }}"),
        permissions: DEPLOYING,
        env: { ...WORLD, ...RULES_TOKEN },
        steps: [
          checkoutToPush(),
          ...prepareWorld(),
          {
            name: "Roll back",
            env: { STACK: "${{ inputs.environment }}", RELEASE: "${{ inputs.release }}", REASON: "${{ inputs.reason }}" },
            run: lines(
              'if [ -n "$RELEASE" ]; then',
              `  ${command} rollback "$STACK" --to "$RELEASE" --reason "$REASON" --yes`,
              "else",
              `  ${command} rollback "$STACK" --reason "$REASON" --yes`,
              "fi",
            ),
          },
          closeWhatWasKilled(`${command} publish "$STACK"`, { STACK: "${{ inputs.environment }}" }),
        ],
      },
    },
  };
}

/** A release's tag writes the release into the first environment's file, as a pull request. */
export function release({ command, defaultBranch, releaseTags, environments }: WorkflowSettings) {
  return {
    name: "Release",
    on: { push: { tags: [releaseTags] } },
    permissions: {},
    jobs: {
      release: {
        "runs-on": RUNNER,
        "timeout-minutes": 30,
        concurrency: queued(environments[0]?.stack ?? "release"),
        permissions: { contents: "write", packages: "read", "pull-requests": "write" },
        steps: [
          checkoutToPush(),
          ...prepareWorld().slice(0, 1),
          {
            name: "Create the release",
            run: lines(`git switch ${defaultBranch}`, `${command} release create "\${GITHUB_REF_NAME#v}" --commit "$GITHUB_SHA"`),
          },
          openPullRequest(defaultBranch, "promote/${{ github.ref_name }}", "Release ${{ github.ref_name }}"),
        ],
      },
    },
  };
}
