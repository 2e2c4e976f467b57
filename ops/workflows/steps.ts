import { ACTIONS, type ActionName } from "./actions.ts";

/** Parts that workflows share. A value becomes YAML as it stands. */
export type Step = Readonly<Record<string, unknown>>;

/** A fixed image: ubuntu-latest changes under a workflow that nobody touched. */
export const RUNNER = "ubuntu-24.04";
const NODE = "24";

export const action = (name: ActionName, options: Step = {}): Step => ({ uses: ACTIONS[name].uses, ...options });

/** Without the token in .git/config, which every later step could read. */
export const checkout = (options: Step = {}): Step => action("checkout", { with: { "persist-credentials": false, ...options } });

/** With it: the step after pushes to the ledger, or a branch. */
export const checkoutToPush = (): Step => action("checkout", { with: { "fetch-depth": 0 } });

export const node = (): Step => action("setupNode", { with: { "node-version": NODE, "package-manager-cache": false } });

/** One run after the other in a stack, none dropped: https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency */
export const queued = (stack: string) => ({ group: `liftlock-${stack}`, "cancel-in-progress": false, queue: "max" });

/** What a run against the real world needs. Nothing of it is a stored credential of a cloud: the runner proves to be this repository (OIDC). */
export const WORLD = {
  AZURE_CLIENT_ID: "${{ vars.AZURE_CLIENT_ID }}",
  AZURE_TENANT_ID: "${{ vars.AZURE_TENANT_ID }}",
  ARM_CLIENT_ID: "${{ vars.AZURE_CLIENT_ID }}",
  ARM_SUBSCRIPTION_ID: "${{ vars.AZURE_SUBSCRIPTION_ID }}",
  ARM_TENANT_ID: "${{ vars.AZURE_TENANT_ID }}",
  ARM_USE_OIDC: "true",
  PULUMI_BACKEND_URL: "${{ vars.PULUMI_BACKEND_URL }}",
} as const;

/** The token that rules of the repository are kept with; the run's own may not do that. */
export const RULES_TOKEN = { GITHUB_TOKEN: "${{ secrets.LIFTLOCK_TOKEN || github.token }}" } as const;

export const prepareWorld = (): Step[] => [
  node(),
  action("pulumi", { with: { "pulumi-version": "^3.249.0" } }),
  {
    name: "Sign in as this repository",
    run: lines(
      "umask 077",
      'curl --fail --silent --show-error --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\',
      '  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=api://AzureADTokenExchange" | jq --raw-output .value > "$RUNNER_TEMP/oidc-token"',
      'echo "AZURE_FEDERATED_TOKEN_FILE=$RUNNER_TEMP/oidc-token" >> "$GITHUB_ENV"',
    ),
  },
  {
    name: "Find the cluster",
    env: { CLUSTER: "${{ secrets.KUBECONFIG }}" },
    run: lines(
      "umask 077",
      'if [ -n "$CLUSTER" ]; then',
      '  printf "%s" "$CLUSTER" > "$RUNNER_TEMP/kubeconfig"',
      '  echo "KUBECONFIG=$RUNNER_TEMP/kubeconfig" >> "$GITHUB_ENV"',
      "fi",
    ),
  },
];

/** Brings a changed stack file to people: it is theirs to merge. */
export const openPullRequest = (base: string, branch: string, title: string): Step => ({
  name: "Open the pull request",
  env: {
    BASE: base,
    BRANCH: branch,
    TITLE: title,
    // A pull request of the run's own token starts no workflows until somebody says so; a token of an App's does.
    GH_TOKEN: "${{ secrets.LIFTLOCK_TOKEN || github.token }}",
  },
  run: lines(
    'git config user.name "github-actions[bot]"',
    'git config user.email "41898282+github-actions[bot]@users.noreply.github.com"',
    "if git diff --quiet; then echo 'Nothing changed: there is nothing to merge.'; exit 0; fi",
    'git switch --create "$BRANCH"',
    'git commit --all --message "$TITLE"',
    'git push origin "$BRANCH"',
    'gh pr create --base "$BASE" --head "$BRANCH" --title "$TITLE" --body "Asked for by @$GITHUB_ACTOR: $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"',
  ),
});

export const lines = (...text: string[]): string => `${text.join("\n")}\n`;
