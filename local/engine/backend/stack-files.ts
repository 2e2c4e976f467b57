import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../ops/user-error.ts";
import { privateDir, writeAtomic } from "./atomic-file.ts";
import type { StackLayout } from "./layout.ts";

/** What a checkpoint's manifest names as the engine that wrote it. */
export const ENGINE_VERSION = `liftlock-${(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string }).version}`;

const META = "version: 1\n";
// Pulumi's stack tags file (pkg/backend/diy/stack_tags.go)
const TAGS = JSON.stringify({ version: 1, tags: { "liftlock:world": "local" } });

/** Makes the backend's folders and its `meta.yaml`; refuses a layout that it does not know. */
export async function prepareBackend(layout: StackLayout): Promise<void> {
  await privateDir(path.dirname(layout.checkpointFile));
  if (!existsSync(layout.metaFile)) await writeAtomic(layout.metaFile, META);
  else if (readFileSync(layout.metaFile, "utf8").trim() !== META.trim()) {
    throw new UserError(
      `${layout.metaFile} names a layout other than version 1, the one liftlock knows. Point it at an empty folder, or update liftlock.`,
    );
  }
}

/** Tags a stack as one of the local world, where the Pulumi CLI and the Automation API can see it (`pulumi stack tag ls`). */
export async function tagStack(layout: StackLayout): Promise<void> {
  if (!existsSync(layout.tagsFile)) await writeAtomic(layout.tagsFile, TAGS);
}
