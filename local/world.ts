import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Where the local world of a checkout lives: `.liftlock/` beside its `.git` (or in the project's own folder when there is none), so that
 * every project of one repository shares one control plane, and two clones never share any. Never tracked by git.
 */
export interface World {
  readonly dir: string;
  /** Root of the file backend: holds `.pulumi/`. One for each cluster that the world is pointed at. */
  backendDir(context: string | undefined): string;
  /** Control plane of this world: data, certificates, kubeconfig, logs, process ids. */
  readonly clusterDir: string;
  /** GitHub of this world: repositories, state, where it answers. */
  readonly githubDir: string;
  /** Values generated for secrets that a program declares (mode 0600). */
  readonly secretsFile: string;
  /** Passphrase of the local stacks (mode 0600). */
  readonly passphraseFile: string;
}

export function findWorld(projectDir: string): World {
  const start = path.resolve(projectDir);
  let root = start;
  for (let dir = start; ; dir = path.dirname(dir)) {
    if (existsSync(path.join(dir, ".git"))) {
      root = dir;
      break;
    }
    if (dir === path.dirname(dir)) break;
  }
  const dir = path.join(root, ".liftlock");
  return {
    dir,
    backendDir: (context) => (context === undefined ? path.join(dir, "state") : path.join(dir, "contexts", encodeURIComponent(context))),
    clusterDir: path.join(dir, "cluster"),
    githubDir: path.join(dir, "github"),
    secretsFile: path.join(dir, "secrets.json"),
    passphraseFile: path.join(dir, "passphrase"),
  };
}
