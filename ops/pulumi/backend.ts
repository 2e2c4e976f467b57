import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { UserError } from "../user-error.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where the CLI keeps state, found in its own order: PULUMI_BACKEND_URL, Pulumi.yaml's `backend`, what it is logged in to. */
export interface Backend {
  /** Undefined: the CLI is logged in nowhere. */
  readonly url: string | undefined;
  /** For people, without credentials. */
  readonly words: string;
  /** The folder that holds `.pulumi/`, for a backend of files on this machine. */
  readonly dir: string | undefined;
}

export function findBackend(projectDir: string, env: Env): Backend {
  const url = env.PULUMI_BACKEND_URL || projectBackend(projectDir) || loggedIn(env);
  return { url, words: url === undefined ? "no backend" : shown(url), dir: url === undefined ? undefined : folderOf(url, projectDir, env) };
}

function projectBackend(projectDir: string): string | undefined {
  const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => path.join(projectDir, name)).find((f) => existsSync(f));
  const { backend } = (file === undefined ? {} : (parse(readFileSync(file, "utf8")) ?? {})) as { backend?: { url?: string } };
  return backend?.url || undefined;
}

function loggedIn(env: Env): string | undefined {
  const home = env.PULUMI_HOME || path.join(env.HOME ?? homedir(), ".pulumi");
  try {
    const { current } = JSON.parse(readFileSync(path.join(home, "credentials.json"), "utf8")) as { current?: string };
    return current || undefined;
  } catch {
    return env.PULUMI_ACCESS_TOKEN ? "https://api.pulumi.com" : undefined;
  }
}

/** `file://~`, `file://./state` and `file:///state` as the CLI reads them; a relative one is relative to where it runs. */
function folderOf(url: string, projectDir: string, env: Env): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  const [place = ""] = url.slice("file://".length).split("?");
  const expanded = place === "~" || place.startsWith("~/") ? path.join(env.HOME ?? homedir(), place.slice(1)) : decodeURIComponent(place);
  return path.resolve(projectDir, expanded);
}

const shown = (url: string): string => url.replace(/\?.*$/, "").replace(/(:\/\/)[^/@]+@/, "$1");

/** The mark that the embedded engine puts on a stack (in its checkpoint, and in its tags as `liftlock:world`). */
const MARK = "liftlock:world";

/** Refuses a stack of the local world: two engines must not share one. */
export function refuseLocalStack({ dir }: Backend, project: string, stack: string): void {
  if (dir === undefined) return;
  for (const base of [path.join("stacks", project, stack), path.join("stacks", stack)]) {
    const checkpoint = path.join(dir, ".pulumi", `${base}.json`);
    const tags = path.join(dir, ".pulumi", `${base}.pulumi-tags`);
    const world = (read(checkpoint).liftlock as { world?: unknown } | undefined)?.world;
    const tag = (read(tags).tags as Record<string, unknown> | undefined)?.[MARK];
    if (world === "local" || tag === "local") throw localStack(stack, world === "local" ? checkpoint : tags);
  }
}

/** The same by the tags that the CLI itself tells, for a backend that is no folder of this machine. */
export function refuseLocalTags(tags: Record<string, unknown>, stack: string, backend: Backend): void {
  if (tags[MARK] === "local") throw localStack(stack, `its tag ${MARK} in ${backend.words}`);
}

const localStack = (stack: string, where: string): UserError =>
  new UserError(
    `Stack ${stack} was made in the local world (${where}), with values made up for its secrets. Two engines must not share a stack: use --local for it, or another backend for the real one.`,
  );

function read(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    const json = JSON.parse(readFileSync(file, "utf8")) as unknown;
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {}; // the CLI itself says what is wrong with it
  }
}
