import { spawn } from "node:child_process";
import { UserError } from "../user-error.ts";

export interface GitOutcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}
export interface GitOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; a run that takes longer is ended and counts as failed. */
  readonly timeout?: number;
}

/** What a hook's or an alias's environment would point elsewhere: which repository is meant follows from the folder alone. */
const FOREIGN = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH"];

/** The git command line in one folder. Never asks for a password, speaks English, leaves working tree, index and HEAD alone. */
export class Git {
  readonly dir: string;
  readonly #env: NodeJS.ProcessEnv;
  #config: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(dir: string, env: Readonly<Record<string, string | undefined>> = process.env) {
    this.dir = dir;
    this.#env = { ...env, LC_ALL: "C", LANGUAGE: "C", GIT_TERMINAL_PROMPT: "0", GIT_ADVICE: "0" };
    for (const name of FOREIGN) delete this.#env[name];
  }

  /** Runs git and returns whatever came of it. */
  attempt(args: readonly string[], { input, env, timeout }: GitOptions = {}): Promise<GitOutcome> {
    return new Promise((resolve, reject) => {
      const child = spawn("git", args, { cwd: this.dir, env: { ...this.#env, ...env }, stdio: "pipe", timeout });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      // A git that ends early closes its input; its exit code says why.
      child.stdin.on("error", () => {});
      child.on("error", (error: NodeJS.ErrnoException) =>
        reject(
          error.code === "ENOENT" ? new UserError("git was not found: install it, or put it on PATH. The ledger is kept in git.") : error,
        ),
      );
      child.on("close", (code, signal) => {
        const late = code === null ? `ended by ${signal}${timeout === undefined ? "" : ` after ${timeout / 1000} s`}` : "";
        resolve({ code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8").trim() || late });
      });
      child.stdin.end(input);
    });
  }

  /** Standard output of a run that must succeed. */
  async buffer(args: readonly string[], options?: GitOptions): Promise<Buffer> {
    const outcome = await this.attempt(args, options);
    if (outcome.code === 0) return outcome.stdout;
    const subcommand = args.find((arg, i) => !arg.startsWith("-") && args[i - 1] !== "-c");
    throw new UserError(`git ${subcommand} failed in ${this.dir}: ${outcome.stderr || `exit code ${outcome.code}`}`);
  }

  async text(args: readonly string[], options?: GitOptions): Promise<string> {
    return (await this.buffer(args, options)).toString("utf8").trimEnd();
  }

  /** Standard output, or `undefined` where git says that there is no such thing (a ref, a setting). */
  async maybe(args: readonly string[], options?: GitOptions): Promise<string | undefined> {
    const { code, stdout } = await this.attempt(args, options);
    return code === 0 ? stdout.toString("utf8").trimEnd() : undefined;
  }

  /** The settings in force, read once: the last value of each key, whose section and name are in lower case. */
  config(): Promise<ReadonlyMap<string, string>> {
    this.#config ??= this.text(["config", "--list", "-z"]).then(
      (text) =>
        new Map(
          text.split("\0").map((entry): [string, string] => {
            const end = entry.indexOf("\n");
            // A key without a value says yes.
            return end < 0 ? [entry, "true"] : [entry.slice(0, end), entry.slice(end + 1)];
          }),
        ),
    );
    return this.#config;
  }

  /** What refs name, in their order; `undefined` for one that does not exist. */
  async refs<const T extends readonly (string | undefined)[]>(...names: T): Promise<{ [K in keyof T]: string | undefined }> {
    const asked = names.filter((name) => name !== undefined);
    const listed = await this.text(["for-each-ref", "--format=%(refname) %(objectname)", ...asked]);
    const found = new Map(listed.split("\n").map((line) => line.split(" ") as [string, string]));
    return names.map((name) => found.get(name ?? "")) as { [K in keyof T]: string | undefined };
  }

  async isAncestor(ancestor: string, commit: string): Promise<boolean> {
    return ancestor === commit || (await this.attempt(["merge-base", "--is-ancestor", ancestor, commit])).code === 0;
  }
}

/** The repository that a folder belongs to. */
export async function findRepository(dir: string, env?: Readonly<Record<string, string | undefined>>): Promise<Git> {
  const git = new Git(dir, env);
  const { code, stderr } = await git.attempt(["rev-parse", "--git-dir"]);
  if (code === 0) return git;
  if (!/not a git repository/i.test(stderr)) throw new UserError(`git cannot read the repository of ${dir}: ${stderr}`);
  throw new UserError(`${dir} is in no git repository, and the ledger is kept in one. Run git init there, or work in a clone.`);
}
