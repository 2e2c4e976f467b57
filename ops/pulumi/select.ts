import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { currentContext, findContext } from "../kubeconfig.ts";
import type { ClusterTarget } from "../live.ts";
import type { EngineRequest, Selected } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { findBackend } from "./backend.ts";
import { type Cli, findCli } from "./cli.ts";
import { type Ask, platformCluster } from "./platform-cluster.ts";
import { explain } from "./reasons.ts";
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
    const backend = findBackend(projectDir, io.env).words;
    const ask: AskOf = (of) => async (args) => {
      const place = { stack: of, projectDir, env: io.env, backend };
      const answer = cli.run(args, path.resolve(projectDir)).catch((error: unknown) => Promise.reject(explain(error, place)));
      return (await answer).stdout;
    };
    const target = cluster === "none" ? undefined : await clusterOf(files, stack, io.env, ask);
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
    const words = [`state in ${backend}`, ...(target === undefined ? [] : [target.words])].join(" · ");
    const { cluster: asked, unasked } = target ?? {};
    return { engine, target: words, ...(asked === undefined ? {} : { cluster: asked }), ...(unasked === undefined ? {} : { unasked }) };
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

/**
 * The cluster that the stack's settings name, as the program's own provider takes it: the platform's, where that has one; else their
 * kubeconfig context, or the current one.
 */
async function clusterOf(
  files: ProjectFiles,
  stack: string,
  env: Env,
  ask: AskOf,
): Promise<{ cluster?: ClusterTarget; words: string; unasked?: string }> {
  const unwatched = (why: string) => ({
    words: `${why}: the cluster is not asked, and a rollout is not watched beside the CLI`,
    unasked: why,
  });
  const named = clusterIn(await files.declared(stack).catch(orNothing), files.name, stack);
  if (named === undefined) return unwatched("no cluster in the stack's settings");
  try {
    const { platform } = named;
    const shared = platform === undefined ? undefined : await platformCluster(ask(platform), platform, named.context);
    if (shared !== undefined) {
      const { server, ...cluster } = shared;
      return { cluster, words: `cluster of ${platform} (${server})` };
    }
    const target = findContext(named.context ?? currentContext(env), env);
    return { cluster: target, words: `context ${target.context} (${target.server})` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return unwatched(error.message.split("\n")[0]!.replace(/\.$/, ""));
  }
}

interface Named {
  readonly context?: string;
  /** Stack whose cluster it is, if that has one. */
  readonly platform?: string;
}
interface Declared {
  cluster?: Named;
  /** Of an environment the platform; of a platform what it has in Azure. */
  azure?: { platform?: string; cluster?: object };
  gateway?: { cluster?: Named };
}
type AskOf = (stack: string) => Ask;

/** The cluster of an environment, or the one in which a platform's Gateways are. */
function clusterIn(config: Record<string, string>, project: string, stack: string): Named | undefined {
  const read = (key: string): Declared | undefined => {
    try {
      return JSON.parse(config[`${project}:${key}`] ?? "") as Declared;
    } catch {
      return undefined;
    }
  };
  const [environment, platform] = [read("environment"), read("platform")];
  const named = (cluster: Named | undefined, of: string | undefined): Named => ({
    ...(cluster?.context === undefined ? {} : { context: cluster.context }),
    ...(of === undefined ? {} : { platform: of }),
  });
  if (environment !== undefined) return named(environment.cluster, environment.azure?.platform);
  if (platform?.gateway === undefined) return undefined;
  return named(platform.gateway.cluster, platform.azure?.cluster === undefined ? undefined : stack);
}

/** Settings that only the CLI can read (Pulumi ESC) name no cluster to us. */
function orNothing(error: unknown): Record<string, string> {
  if (error instanceof UserError) return {};
  throw error;
}
