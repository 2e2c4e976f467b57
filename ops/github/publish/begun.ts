import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { isAlive } from "../../process-alive.ts";

const Run = z.object({ begun: z.string(), pid: z.number().int(), host: z.string() });

/**
 * Deployments that runs of this checkout told GitHub the beginning of, a file for each stack: a run that was killed leaves its own, and the
 * next one knows by it that nobody will tell the end. One run at a time changes a stack.
 */
export class BegunHere {
  readonly #dir: string;

  constructor(outboxFile: string) {
    this.#dir = path.join(path.dirname(outboxFile), `${path.basename(outboxFile, ".json")}-begun`);
  }

  /** Before GitHub is told. */
  async note(stack: string, begun: string): Promise<void> {
    mkdirSync(this.#dir, { recursive: true });
    const run: z.infer<typeof Run> = { begun, pid: process.pid, host: os.hostname() };
    await writeFileAtomic(this.#file(stack), `${JSON.stringify(run)}\n`, { mode: 0o600 });
  }

  /** By stack, what nobody deploys any more: this process is at its end when it asks, and the others' are gone. */
  over(): ReadonlyMap<string, string> {
    return new Map(
      this.#stacks().flatMap((stack): [string, string][] => {
        const run = this.#read(stack);
        return run !== undefined && isOver(run) ? [[stack, run.begun]] : [];
      }),
    );
  }

  /** GitHub knows how it ended. */
  forget(stack: string, begun: string): void {
    if (this.#read(stack)?.begun === begun) rmSync(this.#file(stack), { force: true });
  }

  #file(stack: string): string {
    return path.join(this.#dir, `${stack}.json`);
  }
  #stacks(): string[] {
    try {
      return readdirSync(this.#dir).flatMap((name) => (name.endsWith(".json") ? [path.basename(name, ".json")] : []));
    } catch {
      return [];
    }
  }
  #read(stack: string): z.infer<typeof Run> | undefined {
    try {
      return Run.parse(JSON.parse(readFileSync(this.#file(stack), "utf8")));
    } catch {
      return undefined;
    }
  }
}

const isOver = ({ host, pid }: z.infer<typeof Run>): boolean =>
  host === os.hostname() && (pid === process.pid || isAlive(host, pid, host) === false);
