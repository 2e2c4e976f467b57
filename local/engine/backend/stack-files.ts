import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../ops/user-error.ts";
import { privateDir, writeAtomic } from "./atomic-file.ts";
import type { StackLayout } from "./layout.ts";

/** What a checkpoint's manifest names as the engine that wrote it. */
export const ENGINE_VERSION = `liftlock-${(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string }).version}`;

const META = "version: 1\n";

/** Makes the backend's folders, its `meta.yaml`, and the tag by which the Pulumi CLI can tell a stack of the local world (`pulumi stack tag ls`). */
export async function prepareBackend(layout: StackLayout): Promise<void> {
  await privateDir(path.dirname(layout.checkpointFile));
  if (!existsSync(layout.metaFile)) await writeAtomic(layout.metaFile, META);
  else if (readFileSync(layout.metaFile, "utf8").trim() !== META.trim()) {
    throw new UserError(
      `${layout.metaFile} names a layout other than version 1, the one liftlock knows. Point it at an empty folder, or update liftlock.`,
    );
  }
}
