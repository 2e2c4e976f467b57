import { readFileSync, writeFileSync } from "node:fs";
import type { Crypter } from "../../../local/engine/backend/crypter.ts";
import { writeHistory as write } from "../../../local/engine/backend/history.ts";
import { loadProject, loadStackConfig } from "../../../local/engine/project.ts";
import type { Values } from "./main.ts";
import type { Place } from "./place.ts";

const KINDS = { up: "update", refresh: "refresh", destroy: "destroy", import: "import" } as const;

/** Nobody opens what this closes: history never shows a secret. */
const closed: Crypter = { salt: "", encrypt: () => "v1:closed", decrypt: () => "" };

export async function writeHistory(place: Place, command: string, result: "succeeded" | "failed", values: Values): Promise<void> {
  const now = new Date();
  const entry = {
    kind: KINDS[command as keyof typeof KINDS],
    startTime: now,
    endTime: now,
    message: values.message ?? "",
    result,
    environment: {},
    config: await loadStackConfig(await loadProject(place.dir), place.stack),
    resourceChanges: {},
  };
  await write(place, entry, closed);
}

/** As an interrupted CLI leaves it: what was under way stands as it was before, and nothing is pending. */
export function dropPending({ checkpointFile }: Place): void {
  const file = JSON.parse(readFileSync(checkpointFile, "utf8"));
  if (file.checkpoint.latest !== undefined) delete file.checkpoint.latest.pending_operations;
  writeFileSync(checkpointFile, JSON.stringify(file));
}
