import { stringify } from "yaml";
import { ACTIONS } from "./actions.ts";
import { deploy, promote, release, rollback } from "./deployments.ts";
import { drift } from "./drift.ts";
import { preview, previewComment, secretScan, sourceBranch } from "./pull-requests.ts";
import type { WorkflowSettings } from "./settings.ts";

/** The workflows that a project's settings ask for: file below .github/workflows to its text. */
export function workflowFiles(settings: WorkflowSettings): Record<string, string> {
  const many = settings.environments.length > 1;
  const workflows: Record<string, object> = {
    "preview.yml": preview(settings),
    "preview-comment.yml": previewComment(settings),
    ...(settings.restrictsSources ? { "source-branch.yml": sourceBranch(settings) } : {}),
    "secret-scan.yml": secretScan(settings),
    ...Object.fromEntries(settings.environments.map((environment) => [`deploy-${environment.stack}.yml`, deploy(settings, environment)])),
    ...(many ? { "promote.yml": promote(settings) } : {}),
    "rollback.yml": rollback(settings),
    "release.yml": release(settings),
    "drift.yml": drift(settings),
  };
  return Object.fromEntries(Object.entries(workflows).map(([file, workflow]) => [file, textOf(workflow)]));
}

/** First line of every workflow of ours: what lacks it is somebody else's. */
export const WRITTEN_BY =
  "# Written by `liftlock workflows` from the settings in Pulumi.yaml and Pulumi.<stack>.yaml: change those, and write it anew.\n";

/** Every action with the version that its commit stands for. */
function textOf(workflow: object): string {
  const text = stringify(workflow, { lineWidth: 0, aliasDuplicateObjects: false });
  return Object.values(ACTIONS).reduce(
    (t, { uses, version }) => t.replaceAll(`uses: ${uses}\n`, `uses: ${uses} # ${version}\n`),
    WRITTEN_BY + text,
  );
}
