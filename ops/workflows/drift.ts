import type { WorkflowSettings } from "./settings.ts";
import { action, checkoutToPush, lines, prepareWorld, queued, RULES_TOKEN, RUNNER, WORLD } from "./steps.ts";

const TITLE = "Live systems differ from their declaration";
const LABEL = "drift";

/** Every night: what somebody changed by hand, in one issue that is closed when nothing differs any more. */
export function drift({ command, environments, platforms }: WorkflowSettings) {
  return {
    name: "Drift",
    on: { schedule: [{ cron: "23 3 * * *" }], workflow_dispatch: {} },
    permissions: {},
    jobs: {
      look: {
        "runs-on": RUNNER,
        "timeout-minutes": 30,
        strategy: {
          "fail-fast": false,
          matrix: {
            include: [
              ...environments.map(({ stack }) => ({ stack, holds: "an environment" })),
              ...platforms.map((stack) => ({ stack, holds: "what environments share" })),
            ],
          },
        },
        // A look waits for a deployment that is under way.
        concurrency: queued("${{ matrix.stack }}"),
        // What was found goes into the ledger, which is a branch.
        permissions: { contents: "write", "id-token": "write" },
        // Rules on GitHub are read back with the token that keeps them.
        env: { ...WORLD, ...RULES_TOKEN },
        steps: [
          checkoutToPush(),
          ...prepareWorld(),
          {
            name: "Look",
            env: { STACK: "${{ matrix.stack }}", HOLDS: "${{ matrix.holds }}" },
            run: lines(
              'mkdir "$RUNNER_TEMP/drift"',
              'found="$RUNNER_TEMP/drift/$STACK.md"',
              "differs=; failed=",
              "# 3 stands for differences, which are no fault of this run.",
              'note() { case "$1" in 0) ;; 3) differs=yes ;; *) failed=yes ;; esac; }',
              `${command} drift "$STACK" --markdown --no-color > "$found" && note 0 || note $?`,
              'if [ "$HOLDS" != "an environment" ]; then',
              "  # Drift reads GitHub's rules; what else environments share, a refresh reads.",
              `  ${command} preview "$STACK" --refresh --expect-no-changes --no-color > "$RUNNER_TEMP/preview" && previewed=0 || previewed=$?`,
              '  note "$previewed"',
              `  if [ "$previewed" != 0 ]; then { printf '\n### %s, with a refresh\n\n' "$STACK"; sed 's/^/    /' "$RUNNER_TEMP/preview"; } >> "$found"; fi`,
              "fi",
              'cat "$found"',
              'if [ -z "$differs" ]; then rm "$found"; fi',
              '[ -z "$failed" ]',
            ),
          },
          action("uploadArtifact", {
            if: "${{ !cancelled() }}",
            with: {
              name: "drift-${{ matrix.stack }}",
              path: "${{ runner.temp }}/drift/",
              "if-no-files-found": "ignore",
              "retention-days": 7,
            },
          }),
        ],
      },
      report: {
        needs: "look",
        if: "${{ !cancelled() }}",
        "runs-on": RUNNER,
        "timeout-minutes": 5,
        concurrency: { group: "liftlock-drift-report", "cancel-in-progress": false, queue: "max" },
        permissions: { issues: "write" },
        steps: [
          action("downloadArtifact", { with: { pattern: "drift-*", path: "${{ runner.temp }}/drift", "merge-multiple": true } }),
          {
            name: "Report",
            env: { GH_TOKEN: "${{ github.token }}", GH_REPO: "${{ github.repository }}", LOOK: "${{ needs.look.result }}" },
            run: lines(
              `gh label create ${LABEL} --force --description "Somebody changed by hand what is declared"`,
              `issue=$(gh issue list --label ${LABEL} --state open --limit 1 --json number --jq '.[0].number // empty')`,
              'run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"',
              'if ! ls "$RUNNER_TEMP"/drift/*.md > /dev/null 2>&1; then',
              '  if [ -n "$issue" ] && [ "$LOOK" = success ]; then gh issue close "$issue" --comment "Nothing differs any more: $run"; fi',
              "  exit 0",
              "fi",
              "{",
              '  echo "Found by $run. Take it over into the settings, or let the next deployment put it back."',
              '  for file in "$RUNNER_TEMP"/drift/*.md; do',
              "    echo",
              '    head --bytes=15000 "$file"',
              "    echo",
              "  done",
              '} > "$RUNNER_TEMP/report.md"',
              'if [ -n "$issue" ]; then',
              '  gh issue edit "$issue" --body-file "$RUNNER_TEMP/report.md"',
              "else",
              `  gh issue create --title "${TITLE}" --label ${LABEL} --body-file "$RUNNER_TEMP/report.md"`,
              "fi",
            ),
          },
        ],
      },
    },
  };
}
