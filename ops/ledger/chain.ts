import { open } from "./entry.ts";
import type { LedgerEvent } from "./event.ts";

export interface EntryFile {
  readonly path: string;
  readonly text: string;
}

const FILE = /^events\/(\d{6})\/(\d{8})\.json$/;

/** Where an entry stands: a hundred to a folder, so that an append touches small trees only. */
export function entryPath(number: number): string {
  const padded = String(number).padStart(8, "0");
  return `events/${padded.slice(0, 6)}/${padded}.json`;
}

/** The entry that a path is meant for; `undefined` for any other file. */
export function entryNumber(path: string): number | undefined {
  const [, folder, name] = FILE.exec(path) ?? [];
  return folder !== undefined && name?.startsWith(folder) ? Number(name) : undefined;
}

/**
 * The entries in order, and everything that is wrong with them. An entry that was changed is left out (it proves nothing) and said;
 * one that is whole but stands in the wrong place is kept and said.
 */
export function checkChain(files: readonly EntryFile[]): { events: LedgerEvent[]; findings: string[] } {
  const events: LedgerEvent[] = [];
  const findings: string[] = [];
  const numbered = files.flatMap((file) => {
    const number = entryNumber(file.path);
    if (number === undefined || number === 0) findings.push(`${file.path}: is no entry, and nothing else belongs into the ledger.`);
    return number === undefined || number === 0 ? [] : [{ ...file, number }];
  });
  numbered.sort((a, b) => a.number - b.number);

  let expected = 1;
  /** Id of the entry before; `undefined` where it cannot be told. */
  let previous: string | null | undefined = null;
  for (const { number, text } of numbered) {
    if (number > expected) {
      findings.push(missing(expected, number - 1));
      previous = undefined;
    }
    expected = number + 1;
    const opened = open(text);
    if ("fault" in opened) {
      findings.push(`Entry ${number}: ${opened.fault}.`);
      previous = undefined;
      continue;
    }
    const { event, unknown } = opened;
    if (event.number !== number) findings.push(`Entry ${number}: calls itself number ${event.number}: it was moved.`);
    if (previous !== undefined && event.previous !== previous) {
      findings.push(`Entry ${number}: does not follow entry ${number - 1}: one of the two was exchanged.`);
    }
    previous = event.id;
    if (unknown === undefined) events.push(event);
    else findings.push(`Entry ${number}: "${unknown}" is nothing that this version of liftlock knows: update liftlock.`);
  }
  return { events, findings };
}

function missing(from: number, to: number): string {
  return from === to ? `Entry ${from}: is missing.` : `Entries ${from} to ${to}: are missing.`;
}
