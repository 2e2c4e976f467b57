import type { WorkflowSettings } from "./settings.ts";
import { action, checkout, lines, node, RUNNER } from "./steps.ts";

const PREVIEW = "Preview";
const onPullRequest = { group: "${{ github.workflow }}-${{ github.event.pull_request.number }}", "cancel-in-progress": true };

/**
 * What a pull request changes, told from its two sides alone: state is behind credentials. It runs the pull request's own code, so it holds
 * no credential and asks no live system.
 */
export const preview = ({ command, folder }: WorkflowSettings) => ({
  name: PREVIEW,
  on: { pull_request: {} },
  permissions: { contents: "read" },
  concurrency: onPullRequest,
  jobs: {
    preview: {
      "runs-on": RUNNER,
      "timeout-minutes": 15,
      steps: [
        checkout({ "fetch-depth": 0 }),
        node(),
        {
          name: "Preview",
          env: { BASE: "${{ github.event.pull_request.base.sha }}" },
          run: `${command} preview --base "$BASE" --markdown "$RUNNER_TEMP/preview/preview.md" --no-color`,
        },
        action("uploadArtifact", {
          if: "${{ !cancelled() }}",
          with: { name: "preview", path: "${{ runner.temp }}/preview", "retention-days": 14 },
        }),
        {
          name: "Check the deployment document",
          if: `\${{ !cancelled() && hashFiles('${folder}DEPLOYMENT.md') != '' }}`,
          run: `${command} document --check`,
        },
      ],
    },
  },
});

/**
 * Posts what the preview said: a run of its own, with a token that may write and the default branch's code, never the pull request's, so that
 * pull requests from forks get a comment too. What it is handed is text from strangers: `comment` makes it harmless, and where it goes
 * GitHub says, not the text.
 */
export const previewComment = ({ command, defaultBranch }: WorkflowSettings) => ({
  name: "Preview comment",
  on: { workflow_run: { workflows: [PREVIEW], types: ["completed"] } },
  permissions: {},
  jobs: {
    comment: {
      if: "github.event.workflow_run.event == 'pull_request'",
      "runs-on": RUNNER,
      "timeout-minutes": 5,
      permissions: { actions: "read", contents: "read", "pull-requests": "write" },
      steps: [
        checkout({ ref: defaultBranch }),
        node(),
        action("downloadArtifact", {
          // A preview that was cancelled has left none.
          "continue-on-error": true,
          with: {
            name: "preview",
            path: "${{ runner.temp }}/preview",
            "run-id": "${{ github.event.workflow_run.id }}",
            "github-token": "${{ github.token }}",
          },
        }),
        {
          name: "Comment",
          env: {
            GH_TOKEN: "${{ github.token }}",
            GITHUB_TOKEN: "${{ github.token }}",
            GH_REPO: "${{ github.repository }}",
            HEAD: "${{ github.event.workflow_run.head_repository.owner.login }}:${{ github.event.workflow_run.head_branch }}",
            COMMIT: "${{ github.event.workflow_run.head_sha }}",
          },
          run: lines(
            'if [ ! -f "$RUNNER_TEMP/preview/preview.md" ]; then echo "The preview left no report."; exit 0; fi',
            'number=$(gh api --method GET "repos/$GH_REPO/pulls" --field state=open --field head="$HEAD" \\',
            "  --jq 'map(select(.head.sha == env.COMMIT)) | .[0].number // empty')",
            'if [ -z "$number" ]; then echo "No open pull request has this commit any more."; exit 0; fi',
            `${command} comment "$RUNNER_TEMP/preview/preview.md" --pull-request "$number"`,
          ),
        },
      ],
    },
  },
});

/**
 * The required check of branches that take merges from some branches only. It runs on the base's code and settings, never the pull
 * request's: who could change the rule in the same pull request would have none.
 */
export const sourceBranch = ({ command }: WorkflowSettings) => ({
  name: "Source branch",
  on: { pull_request_target: { types: ["opened", "reopened", "synchronize", "edited"] } },
  permissions: { contents: "read" },
  jobs: {
    "source-branch": {
      "runs-on": RUNNER,
      "timeout-minutes": 10,
      steps: [
        checkout({ ref: "${{ github.event.pull_request.base.sha }}" }),
        node(),
        {
          env: {
            BASE: "${{ github.event.pull_request.base.ref }}",
            HEAD: "${{ github.event.pull_request.head.ref }}",
            HEAD_REPOSITORY: "${{ github.event.pull_request.head.repo.full_name }}",
          },
          run: `${command} source-branch --base "$BASE" --head "$HEAD" --head-repository "$HEAD_REPOSITORY"`,
        },
      ],
    },
  },
});

/** Credentials in what is committed, and in what a pull request added and took away again. */
export const secretScan = ({ command, defaultBranch }: WorkflowSettings) => ({
  name: "Secret scan",
  on: { pull_request: {}, push: { branches: [defaultBranch] } },
  permissions: { contents: "read" },
  jobs: {
    "secret-scan": {
      "runs-on": RUNNER,
      "timeout-minutes": 15,
      steps: [
        checkout({ "fetch-depth": 0 }),
        node(),
        {
          env: { BASE: "${{ github.event.pull_request.base.sha || github.event.before }}" },
          run: lines(
            "# A new branch has no commit before it.",
            'if git cat-file -e "$BASE^{commit}" 2>/dev/null; then',
            `  ${command} scan --since "$BASE"`,
            "else",
            `  ${command} scan`,
            "fi",
          ),
        },
      ],
    },
  },
});
