import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import picocolors from "picocolors";
import { main } from "../../ops/main.ts";
import type { Io } from "../../ops/terminal/io.ts";

export const root = path.resolve(import.meta.dirname, "../..");

/** A git repository of a test's own, with the packages of this one. */
export class Repository {
  readonly dir = mkdtempSync(path.join(tmpdir(), "liftlock-preview-"));
  constructor() {
    this.git("init", "--quiet", "--initial-branch", "main");
    symlinkSync(path.join(root, "node_modules"), path.join(this.dir, "node_modules"));
    this.write({ ".gitignore": "node_modules\n" });
  }
  git(...args: string[]): string {
    const who = ["-c", "user.name=Lea", "-c", "user.email=lea@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", ["-C", this.dir, ...who, ...args], { encoding: "utf8" }).trim();
  }
  write(files: Record<string, string | undefined>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.dir, name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
    }
  }
  commit(files: Record<string, string | undefined>): string {
    this.write(files);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", "a test's");
    return this.git("rev-parse", "HEAD");
  }
  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in a folder; `onStart` gets a function that presses Ctrl-C. */
export async function liftlock(
  cwd: string,
  args: readonly string[],
  { env = {}, onStart }: { env?: Record<string, string>; onStart?: (interrupt: () => void) => void } = {},
): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    cwd,
    env: { LIFTLOCK_COMMAND: "liftlock", PATH: process.env.PATH, ...env },
    colors: picocolors.createColors(false),
    interactive: false,
    screen: undefined,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    ask: async () => "",
    onInterrupt: (handler) => {
      onStart?.(() => handler("SIGINT"));
      return () => {};
    },
    kill: () => {
      throw new Error("a command of these tests ended the process");
    },
  };
  const exitCode = await main(args, io);
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}
