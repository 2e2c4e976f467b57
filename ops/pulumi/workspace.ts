import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation/index.js";
import type { Cli } from "./cli.ts";

/**
 * A stack of the project, as the Automation API has it, without what that does behind a person's back. Whether it exists is seen when
 * something is asked of it.
 */
export async function openStack(cli: Cli, projectDir: string, name: string): Promise<Stack> {
  const workspace = await LocalWorkspace.create({ workDir: projectDir, pulumiCommand: cli.forAutomation });
  // The stack that a person selected by hand stays selected: every command names its own.
  workspace.selectStack = async () => {};
  const stack = await Stack.select(name, workspace);
  // After each run these would be asked of the CLI, with secrets in clear; the run's own events have told them, masked.
  workspace.stackOutputs = async () => ({});
  stack.info = async () => undefined;
  return stack;
}
