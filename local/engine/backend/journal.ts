import { open, readFile, rm } from "node:fs/promises";

/*
 * Beside the checkpoint of a large stack: what changed since it was written, one line a write. The checkpoint names its journal by an id of
 * its own, with which the journal begins; so one that a later checkpoint made void is told from one that counts. A line that is not
 * whole is what a crash left of a write that nobody was told had succeeded.
 */

/** The JSON texts of a snapshot's resources and pending operations. */
export interface Parts {
  resources: readonly string[];
  pending: readonly string[];
}

type Run = [start: number, count: number];

/** How one list becomes another: stretches of the old one, and new items. */
function delta(old: readonly string[], next: readonly string[]): string {
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = 0;
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end)) end++;
  const known = new Map<string, number>();
  for (let i = start; i < old.length - end; i++) known.set(old[i]!, i);
  const items: (Run | string)[] = start > 0 ? [[0, start]] : [];
  for (let i = start; i < next.length - end; i++) {
    const from = known.get(next[i]!);
    const last = items.at(-1);
    if (from === undefined) items.push(next[i]!);
    else if (Array.isArray(last) && last[0] + last[1] === from) last[1]++;
    else items.push([from, 1]);
  }
  if (end > 0) items.push([old.length - end, end]);
  return `[${items.map((item) => (typeof item === "string" ? item : `[${item[0]},${item[1]}]`)).join(",")}]`;
}

function applied(old: readonly unknown[], items: readonly unknown[]): unknown[] {
  return items.flatMap((item) => (Array.isArray(item) ? old.slice(item[0], item[0] + item[1]) : [item]));
}

/** A journal that is being written. */
export class Journal {
  readonly id: string;
  readonly #file: string;
  #last: Parts;
  bytes = 0;

  /** `last`: what the checkpoint that names this journal holds. */
  constructor(file: string, id: string, last: Parts) {
    this.#file = file;
    this.id = id;
    this.#last = last;
  }

  /** Resolves when the change is on disk. */
  async append(next: Parts): Promise<void> {
    const resources = delta(this.#last.resources, next.resources);
    const pending = delta(this.#last.pending, next.pending);
    let text = `{"resources":${resources},"pending":${pending}}\n`;
    const first = this.bytes === 0;
    if (first) text = `${JSON.stringify({ journal: this.id })}\n${text}`;
    const handle = await open(this.#file, first ? "w" : "a", 0o600);
    try {
      await handle.appendFile(text, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    this.bytes += text.length;
    this.#last = next;
  }

  /** Another checkpoint holds it all. */
  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

/** Resources and pending operations after what the journal with this id says; as they are without one. */
export async function afterJournal(
  file: string,
  id: string,
  from: { resources: unknown[]; pending: unknown[] },
): Promise<{ resources: unknown[]; pending: unknown[] }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return from; // killed before the first line
    throw error;
  }
  const whole = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
  const lines = whole.map((line) => JSON.parse(line) as { journal?: string; resources: unknown[]; pending: unknown[] });
  if (lines[0]?.journal !== id) return from;
  return lines
    .slice(1)
    .reduce(
      (before, line) => ({ resources: applied(before.resources, line.resources), pending: applied(before.pending, line.pending) }),
      from,
    );
}
