import { releaseId } from "../../components/release.ts";
import { readRelease } from "../promotion/configuration.ts";
import { readValue } from "../promotion/stack-file.ts";
import type { Api } from "./api.ts";
import { textAt } from "./pull-request.ts";

export interface StackFiles {
  readonly api: Api;
  readonly project: string;
  /** Path of a stack's file in the repository. */
  readonly fileOf: (stack: string) => string;
}

/** The release that a stack's file names at a commit. What was approved is what stands there, whatever a title says. */
export async function releaseAt({ api, project, fileOf }: StackFiles, stack: string, ref: string): Promise<string | undefined> {
  const file = fileOf(stack);
  const text = await textAt(api, file, ref);
  const release = text === undefined ? undefined : readRelease(readValue({ file, text }, project, "release"));
  return release && releaseId(release);
}
