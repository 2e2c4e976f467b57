import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { currentContext, findContext } from "../kubeconfig.ts";
import type { ClusterTarget } from "../live.ts";
import type { EngineRequest, Selected } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { findBackend } from "./backend.ts";
import { type Cli, findCli } from "./cli.ts";
import type { Look } from "./rollout-watch.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What a project's files say, read without the CLI. */
export interface ProjectFiles {
  readonly name: string;
  readonly stacks: readonly string[];
  /** `Pulumi.yaml`, absolute. */
  readonly file: string;
  /** Throws a UserError that lists the stacks there are. */
  stackFile(stack: string): string;
  /** Full keys to texts; secrets are "[secret]". */
  declared(stack: string): Promise<Record<string, string>>;
}

/** Asks for the CLI once, however many stacks a command works on. */
export function pulumiSelector(io: { cwd: string; env: Env }, given: string | undefined) {
  let found: Promise<Cli> | undefined;
  return async ({ projectDir, stack, cluster }: EngineRequest, files: ProjectFiles): Promise<Selected> => {
    const { requiredPulumiVersion: required } = (parse(readFileSync(files.file, "utf8")) ?? {}) as { requiredPulumiVersion?: string };
    found ??= findCli({ env: io.env, cwd: io.cwd, given, required });
    const cli = await found;
    const { PulumiEngine } = await import("./engine.ts");
    const target = cluster === "none" ? undefined : await clusterOf(files, stack, io.env);
    const { name: project, stacks } = files;
    const engine = new PulumiEngine({
      cli,
      projectDir: path.resolve(projectDir),
      project,
      stack,
      stacks,
      stackFile: () => files.stackFile(stack),
      declared: () => files.declared(stack),
      env: io.env,
      ...(target?.cluster === undefined ? {} : { look: lookAt(target.cluster) }),
    });
    const words = [`state in ${findBackend(projectDir, io.env).words}`, ...(target === undefined ? [] : [target.words])].join(" · ");
    return { engine, target: words, ...(target?.cluster === undefined ? {} : { cluster: target.cluster }) };
  };
}

/** A kubeconfig that cannot be used is told like a cluster that cannot be asked. */
function lookAt(cluster: ClusterTarget): Look {
  let made: Promise<Look> | undefined;
  return async (namespace) => {
    made ??= import("./look.ts").then(({ clusterLook }) => clusterLook(cluster));
    return (await made)(namespace);
  };
}

/** The cluster that the stack's settings name: their kubeconfig context, or the current one, as the program's own provider takes it. */
async function clusterOf(files: ProjectFiles, stack: string, env: Env): Promise<{ cluster?: ClusterTarget; words: string }> {
  const unwatched = (why: string) => ({ words: `${why}: the cluster is not asked, and a rollout is not watched beside the CLI` });
  const named = clusterIn(await files.declared(stack).catch(orNothing), files.name);
  if (named === undefined) return unwatched("no cluster in the stack's settings");
  try {
    const target = findContext(named.context ?? currentContext(env), env);
    return { cluster: target, words: `context ${target.context} (${target.server})` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return unwatched(error.message.split("\n")[0]!.replace(/\.$/, ""));
  }
}

interface Named {
  readonly context?: string;
}

/** The cluster of an environment, or the one in which a platform's Gateways are. */
function clusterIn(config: Record<string, string>, project: string): Named | undefined {
  const read = (key: string): { cluster?: Named; gateway?: { cluster?: Named } } | undefined => {
    try {
      return JSON.parse(config[`${project}:${key}`] ?? "") as { cluster?: Named };
    } catch {
      return undefined;
    }
  };
  const [environment, platform] = [read("environment"), read("platform")];
  if (environment !== undefined) return environment.cluster ?? {};
  return platform?.gateway === undefined ? undefined : (platform.gateway.cluster ?? {});
}

/** Settings that only the CLI can read (Pulumi ESC) name no cluster to us. */
function orNothing(error: unknown): Record<string, string> {
  if (error instanceof UserError) return {};
  throw error;
}
