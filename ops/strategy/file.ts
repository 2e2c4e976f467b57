import { RolloutSettings } from "../../components/strategy/strategy.schema.ts";
import { readStackFile, readValue, withValueInFile, writeStackFile } from "../promotion/stack-file.ts";
import type { Rollout } from "./position.ts";

/** Writes the position into the stack file, before the update that brings the stack there. A file that says so already is left alone. */
export async function writeRollout(dir: string, project: string, stack: string, rollout: Rollout): Promise<void> {
  const file = readStackFile(dir, stack);
  const current = readValue(file, project, "rollout");
  if (JSON.stringify(current ?? {}) === JSON.stringify(rollout)) return;
  await writeStackFile(file, withValueInFile(file, project, "rollout", rollout));
}

export const readRollout = (dir: string, project: string, stack: string): Rollout =>
  RolloutSettings.safeParse(readValue(readStackFile(dir, stack), project, "rollout")).data ?? {};
