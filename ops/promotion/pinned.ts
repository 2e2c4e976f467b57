import path from "node:path";
import type { Context } from "../context.ts";
import type { Engine } from "../engine.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { moved, type Pin, readPin, stateSerial, writePin } from "./pin.ts";
import { programHash } from "./program-hash.ts";
import { readStackFile } from "./stack-file.ts";
import { type Survey, survey } from "./survey.ts";

/** What a stack is made of now. */
function standing(projectDir: string, stack: string, { declaredId, exported }: Survey): Omit<Pin, "at"> {
  return {
    stack,
    program: programHash(projectDir, readStackFile(projectDir, stack).file),
    release: declaredId ?? "unknown",
    state: stateSerial(exported),
  };
}

/** Notes what a preview is made of before it begins; `record` keeps it in the given file, or where the next `up --pinned` looks. */
export async function preparePin(
  context: Context,
  project: ProjectSummary,
  stack: string,
  engine: Engine,
): Promise<{ record(file: string | undefined): Promise<void> }> {
  const at = new Date().toISOString();
  // What is wrong with the settings, the preview itself says; what cannot be hashed cannot be pinned.
  const pin = await survey(engine, project.name, { maybeNew: true })
    .then((before) => standing(project.dir, stack, before))
    .catch(unlessAsked);
  return {
    async record(file) {
      if (pin === undefined) {
        if (file !== undefined)
          throw new UserError(`The preview of ${stack} cannot be recorded: what its program is made of cannot be read.`);
        return;
      }
      const writing = writePin(fileOf(context, project.dir, stack, file), { ...pin, at });
      await (file === undefined ? writing.catch(unlessAsked) : writing);
    },
  };
}

/** A folder that cannot be written to must not fail a preview that nobody asked to keep. */
function unlessAsked(error: unknown): undefined {
  if (error instanceof UserError || typeof (error as NodeJS.ErrnoException).code === "string") return undefined;
  throw error;
}

/**
 * Refuses when something moved since the stack was previewed, and says what; nothing is changed. A preview counts from when it was shown until
 * the next run that changed the stack; with `--pinned [FILE]` there must be one, with `--no-pinned` none is looked for.
 */
export function checkPin(context: Context, projectDir: string, stack: string, before: Survey, pinned: boolean | string | undefined): void {
  if (pinned === false) return;
  const file = fileOf(context, projectDir, stack, typeof pinned === "string" ? pinned : undefined);
  const preview = `${context.command} preview ${stack}${repeatedFlags(context.options)}`;
  const pin = pinned === undefined ? lastPreview(file, before) : readPin(file);
  if (pin === undefined) {
    if (pinned === undefined) return;
    throw new UserError(`No preview of ${stack} is recorded (${file}): run ${preview} first.`, 2);
  }
  if (pin.stack !== stack) throw new UserError(`${file} is a preview of ${pin.stack}, not of ${stack}.`, 2);
  const changes = moved(pin, standing(projectDir, stack, before));
  if (changes.length === 0) return;
  const otherwise = pinned === undefined ? `, or go on with what nobody has previewed: --no-pinned` : "";
  throw new UserError(
    `${stack} is not what was previewed at ${pin.at}; nothing was changed. Since then moved:\n${changes.map((c) => `  ${c}`).join("\n")}\nPreview it again: ${preview}${otherwise}`,
  );
}

/** The preview that nobody has acted on yet. A record that cannot be read is none: nobody asked for it. */
function lastPreview(file: string, { history }: Survey): Pin | undefined {
  let pin: Pin | undefined;
  try {
    pin = readPin(file);
  } catch (error) {
    return unlessAsked(error);
  }
  const last = history.find(({ kind }) => kind !== "preview");
  return pin !== undefined && last !== undefined && Date.parse(last.startTime) > Date.parse(pin.at) ? undefined : pin;
}

const fileOf = ({ io, selector }: Context, projectDir: string, stack: string, file: string | undefined): string =>
  file === undefined ? selector.pinFile(projectDir, stack) : path.resolve(io.cwd, file);
