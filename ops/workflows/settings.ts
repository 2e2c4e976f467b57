/** What workflows are made from: the settings of a project, reduced to what GitHub has to know. */
export interface WorkflowSettings {
  /** How a workflow calls liftlock, from the repository's root: `./liftlock`, with `--stack-dir` where the program is not at the root. */
  readonly command: string;
  /** Folder of the program in the repository, with a slash at its end; empty at the root. */
  readonly folder: string;
  readonly defaultBranch: string;
  /** Pattern of release tags, such as v*. */
  readonly releaseTags: string;
  /** In the order of the promotion path. */
  readonly environments: readonly DeployedEnvironment[];
  /** Stacks that environments share. */
  readonly platforms: readonly string[];
  /** Some branch takes merges from some branches only. */
  readonly restrictsSources: boolean;
}

export interface DeployedEnvironment {
  readonly stack: string;
  readonly branch: string;
  /** Deployed by a push to its branch, or only when somebody asks. */
  readonly on: "push" | "request";
  /** Shares its branch with an environment before it: only a change of its own stack file deploys it. */
  readonly sharesBranch: boolean;
  /** Tags whose push deploys it as well. */
  readonly tags: readonly string[];
  /** Checks of the commit that the deployment waits for. */
  readonly checks: readonly string[];
}
