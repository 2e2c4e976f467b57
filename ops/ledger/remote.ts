import type { Git } from "./git.ts";

export const BRANCH = "liftlock-ledger";

/** A remote that does not answer must not hold up a deployment. */
const TIMEOUT = 30_000;

export type Answer = "done" | "outrun" | { offline: boolean; reason: string };

/** The ledger's branch on another machine. */
export class Remote {
  readonly name: string;
  /** Where git keeps what it last saw of the branch. */
  readonly tracking: string;
  /** The last tip that was whole: the remote's history must still contain it. */
  readonly seen = "refs/liftlock/ledger-remote-seen";
  readonly #git: Git;

  constructor(git: Git, name: string) {
    this.#git = git;
    this.name = name;
    this.tracking = `refs/remotes/${name}/${BRANCH}`;
  }

  /** Brings the tracking ref up to date. `lost` when the remote has no such branch. */
  async fetch(): Promise<"done" | "lost" | { offline: boolean; reason: string }> {
    const refspec = `+refs/heads/${BRANCH}:${this.tracking}`;
    const quiet = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no"];
    const { code, stderr } = await this.#git.attempt(["fetch", ...quiet, this.name, refspec], { timeout: TIMEOUT });
    if (code === 0) return "done";
    if (!/couldn't find remote ref/i.test(stderr)) return { offline: true, reason: firstLine(stderr) };
    await this.#git.attempt(["update-ref", "-d", this.tracking]);
    return "lost";
  }

  /** Sends a commit; the remote takes it only when it follows what is there (git refuses anything but a fast-forward). */
  async push(commit: string): Promise<Answer> {
    const quiet = ["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--no-signed"];
    const { code, stdout, stderr } = await this.#git.attempt(["push", ...quiet, this.name, `${commit}:refs/heads/${BRANCH}`], {
      timeout: TIMEOUT,
    });
    if (code === 0) {
      // A clone may fetch other branches only; then push does not note it.
      await this.#git.attempt(["update-ref", this.tracking, commit]);
      return "done";
    }
    const refused = /^!.*\[(?<kind>rejected|remote rejected)\] \((?<why>.*)\)$/m.exec(stdout.toString("utf8"))?.groups;
    if (refused === undefined) return { offline: true, reason: firstLine(stderr) };
    const raced =
      refused.kind === "rejected" || /lock|already exists|failed to update ref|incorrect old value|but expected/i.test(refused.why!);
    return raced ? "outrun" : { offline: false, reason: `${this.name} refuses the ledger: ${refused.why}` };
  }
}

/** git's own words without its advice; addresses lose what may be a password. */
function firstLine(stderr: string): string {
  const line = stderr.split("\n").find((text) => /^(fatal|error|ERROR|ssh|remote):/.test(text)) ?? stderr.split("\n")[0] ?? "";
  return line.replace(/^(fatal|error): /, "").replace(/(\w:\/\/)[^\s/@]+@/g, "$1…@") || "git gave no reason";
}

/** The remote that the ledger lives on: the branch's own, `origin`, or the only one. */
export async function findRemote(git: Git): Promise<Remote | undefined> {
  const config = await git.config();
  const remotes = [...config.keys()].flatMap((key) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []);
  const own = config.get(`branch.${BRANCH}.remote`) ?? "";
  const name = remotes.includes(own) ? own : remotes.includes("origin") ? "origin" : remotes.length === 1 ? remotes[0] : undefined;
  return name === undefined ? undefined : new Remote(git, name);
}
