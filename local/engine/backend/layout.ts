import path from "node:path";
import { UserError } from "../../../ops/user-error.ts";

/** Where one stack's files lie in a file backend: Pulumi's own layout, version 1 (`.pulumi/meta.yaml` says `version: 1`). */
export interface StackLayout {
  readonly project: string;
  readonly stack: string;
  /** `organization/<project>/<stack>`: a file backend knows no organizations, and Pulumi writes this word. */
  readonly qualifiedName: string;
  readonly root: string;
  readonly metaFile: string;
  readonly checkpointFile: string;
  /** The checkpoint before the last save. */
  readonly backupFile: string;
  /** What was done since the checkpoint was written; only while a large stack is worked on, and after a crash. */
  readonly journalFile: string;
  readonly tagsFile: string;
  readonly historyDir: string;
  readonly lockDir: string;
}

export function stackLayout(backendDir: string, project: string, stack: string): StackLayout {
  checkName("project", project);
  checkName("stack", stack);
  const root = path.join(backendDir, ".pulumi");
  const base = path.join(root, "stacks", project, stack);
  return {
    project,
    stack,
    qualifiedName: `organization/${project}/${stack}`,
    root,
    metaFile: path.join(root, "meta.yaml"),
    checkpointFile: `${base}.json`,
    backupFile: `${base}.json.bak`,
    journalFile: `${base}.journal`,
    tagsFile: `${base}.pulumi-tags`,
    historyDir: path.join(root, "history", project, stack),
    lockDir: path.join(root, "locks", "organization", project, stack),
  };
}

/** Project and stack of a stack reference's name: `stack`, `organization/stack` or `organization/project/stack`. */
export function parseStackName(name: string, currentProject: string): { project: string; stack: string } {
  const parts = name.split("/");
  const stack = parts.at(-1) ?? "";
  const project = parts.length === 3 ? (parts[1] ?? "") : currentProject;
  if (parts.length > 3 || (parts.length > 1 && parts[0] !== "organization")) {
    throw new UserError(`Stack reference "${name}" names no stack of the local world: write organization/<project>/<stack>.`);
  }
  checkName("project", project);
  checkName("stack", stack);
  return { project, stack };
}

// Pulumi's rule for both names; it also keeps every path inside the backend's folder.
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

function checkName(what: "project" | "stack", name: string): void {
  if (NAME.test(name) && name !== "." && name !== "..") return;
  throw new UserError(`"${name}" is no ${what} name: use up to 100 letters, digits, hyphens, underscores and dots.`, 2);
}
