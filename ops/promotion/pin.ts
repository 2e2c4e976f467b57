import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { isRecord } from "../report/diff.ts";
import { UserError } from "../user-error.ts";

/** What a preview was made of. An `up` that is pinned to it refuses when one of these moved. */
export const Pin = z.object({
  stack: z.string(),
  at: z.string(),
  program: z.string(),
  release: z.string(),
  /** Digest of the resources in state and of what is pending: moves with every run that changed something. */
  state: z.string(),
});
export type Pin = z.infer<typeof Pin>;

const PARTS = [
  ["program", "the program or its settings (a file that it is made of has changed)"],
  ["release", "the release"],
  ["state", "the state (somebody ran up, refresh or destroy since)"],
] as const;

/** What moved between a preview and now, in words; nothing when all is as it was. */
export const moved = (pinned: Pin, now: Omit<Pin, "at">): string[] =>
  PARTS.flatMap(([part, words]) => (pinned[part] === now[part] ? [] : [`${words}: ${pinned[part]} -> ${now[part]}`]));

/** Identity of a stack's state from its export: resources and pending operations, not when it was written. */
export function stateSerial(exported: Readonly<Record<string, unknown>>): string {
  const deployment = isRecord(exported.deployment) ? exported.deployment : {};
  const { resources = [], pending_operations = [] } = deployment as { resources?: unknown; pending_operations?: unknown };
  return createHash("sha256")
    .update(JSON.stringify([resources, pending_operations]))
    .digest("hex")
    .slice(0, 16);
}

export async function writePin(file: string, pin: Pin): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(pin, null, 2)}\n`);
}

/** Undefined when no preview was recorded there. */
export function readPin(file: string): Pin | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`The recorded preview ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  try {
    return Pin.parse(JSON.parse(text));
  } catch {
    throw new UserError(`The recorded preview ${file} is damaged: run the preview again.`);
  }
}
