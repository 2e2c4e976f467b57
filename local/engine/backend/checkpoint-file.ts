import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { called, UserError } from "../../../ops/user-error.ts";
import { CHECKPOINT_VERSION, type Checkpoint, type Deployment, JOURNAL_FEATURE, magicOf } from "./checkpoint.ts";
import { afterJournal } from "./journal.ts";
import type { StackLayout } from "./layout.ts";

/** Reads a stack's checkpoint, values still encrypted. `undefined` when there is none; whatever is wrong with it is a UserError. */
export async function readCheckpoint(layout: StackLayout, options: { allowForeign: boolean }): Promise<Checkpoint | undefined> {
  const file = layout.checkpointFile;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`The state of stack ${layout.stack} cannot be read: ${(error as Error).message}`);
  }
  const json = parse(text, layout);
  checkVersion(json, layout);
  const { checkpoint } = json;
  if (typeof checkpoint !== "object" || checkpoint === null) throw damaged(layout, `it has no "checkpoint"`);
  if (!options.allowForeign && json.liftlock?.world !== "local") throw foreign(layout);
  const manifest = checkpoint.latest?.manifest;
  if (checkpoint.latest && manifest?.magic !== magicOf(String(manifest?.version))) {
    throw damaged(layout, "its manifest does not match its own checksum");
  }
  const secrets = checkpoint.latest?.secrets_providers;
  if (secrets && (secrets.type !== "passphrase" || typeof secrets.state?.salt !== "string")) {
    throw new UserError(`The secrets in ${file} are kept by "${secrets.type}": the local world opens only those kept under a passphrase.`);
  }
  return withJournal(json, layout);
}

/** Does a checkpoint's text begin as that of one with a journal? Quicker than reading it all. */
export async function isJournaled(checkpointFile: string): Promise<boolean> {
  const beginning = `{"version":${CHECKPOINT_VERSION + 1},"features":["${JOURNAL_FEATURE}"]`;
  const handle = await open(checkpointFile).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (handle === undefined) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning.length), 0, beginning.length, 0);
    return buffer.toString("utf8", 0, bytesRead) === beginning;
  } finally {
    await handle.close();
  }
}

/** What a run did after its last whole checkpoint, when it ended before it could write another. */
async function withJournal(json: Checkpoint, layout: StackLayout): Promise<Checkpoint> {
  const { latest } = json.checkpoint;
  const id = json.liftlock?.journal;
  if (id === undefined || latest === undefined) return json;
  try {
    const from = { resources: latest.resources ?? [], pending: latest.pending_operations ?? [] };
    const { resources, pending } = await afterJournal(layout.journalFile, id, from);
    latest.resources = resources;
    latest.pending_operations = pending as Deployment["pending_operations"];
  } catch {
    throw damaged(layout, `its journal ${layout.journalFile} cannot be read`);
  }
  return { version: CHECKPOINT_VERSION, checkpoint: json.checkpoint, liftlock: json.liftlock };
}

function parse(text: string, layout: StackLayout): Checkpoint {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // the parser's own message quotes the text around the fault: not shown
    const what =
      text.trim() === ""
        ? "it is empty"
        : text.trimEnd().endsWith("}")
          ? "it is not JSON"
          : `it ends in the middle (after ${text.length} characters)`;
    throw damaged(layout, what);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw damaged(layout, "it is not a JSON object");
  return json as Checkpoint;
}

function checkVersion(json: Checkpoint, layout: StackLayout): void {
  const { version, features = [] } = json;
  const file = layout.checkpointFile;
  if (typeof version !== "number") throw damaged(layout, `it has no "version"`);
  if (version < CHECKPOINT_VERSION) {
    throw new UserError(
      `${file} has the old format ${version}. Let a current Pulumi CLI write it once (pulumi stack export, then import), then try again.`,
    );
  }
  if (version > CHECKPOINT_VERSION + 1)
    throw new UserError(`${file} has format ${version}, newer than this liftlock understands (${CHECKPOINT_VERSION}). Update liftlock.`);
  const unknown = features.filter((feature) => feature !== JOURNAL_FEATURE);
  if (unknown.length > 0)
    throw new UserError(
      `${file} uses what this liftlock does not support: ${unknown.join(", ")}. Update liftlock, or use the engine that wrote it.`,
    );
}

const foreign = (layout: StackLayout): UserError =>
  new UserError(
    [
      `Stack ${layout.stack} was not made in the local world: ${layout.checkpointFile} lacks its mark.`,
      "The Pulumi CLI wrote it. Two engines must not share a stack: use `liftlock` without --local for it, or move the file away.",
    ].join("\n"),
  );

/** A state file that cannot be used: says what is wrong with it, and how to go back to the one before. */
export function damaged(layout: StackLayout, problem: string): UserError {
  const { checkpointFile, backupFile, stack } = layout;
  const remedy = existsSync(backupFile)
    ? [
        "The state before the last write is kept beside it. To go back to it:",
        `  mv '${backupFile}' '${checkpointFile}'`,
        `  liftlock refresh ${stack} --local    # then compares it with what is really there`,
      ]
    : [
        `There is no backup beside it. Restore the file from a copy of your own, or move it away and adopt what runs with \`${called()} up\`.`,
      ];
  return new UserError([`The state of stack ${stack} is damaged: ${problem}.`, `  ${checkpointFile}`, ...remedy].join("\n"));
}
