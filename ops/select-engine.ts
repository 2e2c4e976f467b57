import path from "node:path";
import type { RenderedResource } from "../local/engine/embedded.ts";
import type { Project } from "../local/engine/project.ts";
import type { StackConfig } from "../local/engine/state.ts";
import type { Value } from "../local/engine/values.ts";
import { findWorld, type World } from "../local/world.ts";
import { confirmContext } from "./confirm.ts";
import type { GlobalOptions } from "./context.ts";
import { realGithub } from "./github/connection.ts";
import { githubSettings } from "./github/settings.ts";
import { findContext } from "./kubeconfig.ts";
import type { KubeconfigTarget } from "./live.ts";
import { applicationOf } from "./local/application.ts";
import { credentialsOf } from "./local/credentials.ts";
import { githubTarget, type LocalGithub, localGithub, namedGithub } from "./local/github.ts";
import { generatedValue, keptSecret } from "./local-secrets.ts";
import { findProjectDir } from "./project-dir.ts";
import { type ProjectFiles, pulumiSelector } from "./pulumi/select.ts";
import type { Json } from "./report/diff.ts";
import { type Manifest, redactedSecret } from "./report/manifests.ts";
import type { EngineRequest, ProjectSummary, Selected, Selector } from "./selector.ts";
import type { Io } from "./terminal/io.ts";
import { UserError } from "./user-error.ts";

/**
 * The place where the command line chooses an engine; only this file and the `local` command know the local world. Everything that
 * takes time to load is loaded when a run needs it: a usage error must not wait for an engine.
 */
export function selectEngine(io: Io, options: GlobalOptions): Selector {
  if (options.context !== undefined && !options.local) {
    throw new UserError("--context is for the embedded engine: say --local --context NAME.", 2);
  }
  if (options.pulumi !== undefined && options.local) throw new UserError("--pulumi is for the Pulumi CLI: leave --local out.", 2);
  const pulumi = options.local ? undefined : pulumiSelector(io, options.pulumi);
  const github = async (request: EngineRequest, world: World) =>
    githubTarget(io.env, world, await projectSummary(request.projectDir), request);
  // Asked once, however many stacks a command works on.
  let confirmed: Promise<void> | undefined;
  return {
    project: () => projectSummary(findProjectDir(io.cwd, options.stackDir)),
    render,
    declarations: async () => (await import("./local/declared.ts")).localDeclarations({ local: options.local ?? false, env: io.env }),
    ledger: async (projectDir, actor) =>
      (await import("./ledger/ledger.ts")).openLedger({ projectDir, local: options.local, env: io.env, ...(actor ? { actor } : {}) }),
    async github(project, { start = false } = {}) {
      const settings = githubSettings(project);
      if (settings === undefined) return undefined;
      if (pulumi !== undefined) return realGithub(io.env, settings.repository);
      const named = namedGithub(io.env);
      if (named !== undefined) return { ...named, isLocal: false };
      return localGithub(findWorld(project.dir), settings, project, start);
    },
    pinFile: (projectDir, stack) => path.join(pinDir(findWorld(projectDir), projectDir, options.context), `${stack}.json`),
    outboxFile(projectDir) {
      const world = findWorld(projectDir);
      return path.join(world.dir, "outbox", partOf(world, projectDir), `github${options.local ? "-local" : ""}.json`);
    },
    async select(request) {
      if (pulumi !== undefined) return pulumi(request, await projectFiles(request.projectDir));
      const world = findWorld(request.projectDir);
      if (request.program) await checkStack(request, world);
      if (options.context === undefined)
        return localEngine(request, world, undefined, await localTarget(request, world), await github(request, world));
      const target = findContext(options.context, io.env);
      if (request.cluster === "none") return localEngine(request, world, options.context, OFFLINE, await github(request, world));
      if (request.cluster === "start") {
        confirmed ??= confirmContext(io, options, target);
        await confirmed;
      }
      return localEngine(
        request,
        world,
        options.context,
        { cluster: target, words: `context ${target.context} (${target.server})` },
        await github(request, world),
      );
    },
  };
}

/** What the Pulumi CLI's driver needs to know before it asks the CLI. */
async function projectFiles(projectDir: string): Promise<ProjectFiles> {
  const { loadProject, loadStackConfig } = await import("../local/engine/project.ts");
  const project = await loadProject(projectDir);
  const { name, file } = project;
  return {
    name,
    file,
    stacks: project.stacks(),
    stackFile: (stack) => project.stackFile(stack),
    declared: async (stack) => {
      const config = await loadStackConfig(project, stack);
      return Object.fromEntries(Object.entries(config).map(([key, { value, secret }]) => [key, secret ? "[secret]" : value]));
    },
  };
}

/** Previews of every program and cluster of a checkout, apart from each other. */
const pinDir = (world: World, projectDir: string, context: string | undefined): string =>
  path.join(world.dir, "previews", partOf(world, projectDir), encodeURIComponent(context || "-"));

/** A project's place in its checkout, as one name. */
const partOf = (world: World, projectDir: string): string =>
  encodeURIComponent(path.relative(path.dirname(world.dir), path.resolve(projectDir)) || "-");

interface Target {
  readonly cluster?: KubeconfigTarget;
  readonly words: string;
}

const OFFLINE: Target = { words: "offline, no cluster is asked" };

async function localTarget(request: EngineRequest, world: World): Promise<Target> {
  if (request.cluster === "none") return OFFLINE;
  // What environments share is on no cluster of theirs: none is started for it, until it asks for the login of one.
  const { name, dir, platforms } = await projectSummary(request.projectDir);
  const { standsInCluster } = await import("./platforms.ts");
  if (platforms?.includes(request.stack) && !standsInCluster(dir, name, request.stack)) return OFFLINE;
  return localCluster(request, world);
}

async function localCluster(request: EngineRequest, world: World): Promise<Target> {
  if (request.cluster === "none") return OFFLINE;
  if (request.cluster === "start") {
    const { startControlPlane } = await import("../local/cluster/index.ts");
    const plane = await startControlPlane(world, inFull(request.onProgress), { signal: request.signal });
    return { cluster: { kubeconfig: plane.kubeconfig }, words: `local control plane, Kubernetes ${plane.version}` };
  }
  // Alone: what starts and stops a control plane takes longer to load than a preview does.
  const { controlPlaneStatus } = await import("../local/cluster/status.ts");
  const status = await controlPlaneStatus(world);
  if (!status.running || status.kubeconfig === undefined)
    return { words: "offline: the local control plane is not running, so no cluster is asked" };
  return {
    cluster: { kubeconfig: status.kubeconfig },
    words: `local control plane, Kubernetes ${status.versions?.kubernetes ?? ""}`.trim(),
  };
}

async function localEngine(
  request: EngineRequest,
  world: World,
  context: string | undefined,
  target: Target,
  github: LocalGithub,
): Promise<Selected> {
  const [{ createEmbeddedEngine }, { azureNativeFactory }, { githubFactory }, { kubernetesFactory }, { loadProject }] = await Promise.all([
    import("../local/engine/embedded.ts"),
    import("../local/providers/azure-native/index.ts"),
    import("../local/providers/github/index.ts"),
    import("../local/providers/kubernetes/index.ts"),
    import("../local/engine/project.ts"),
  ]);
  const project = await loadProject(request.projectDir);
  const engine = await createEmbeddedEngine({
    projectDir: request.projectDir,
    stack: request.stack,
    backendDir: world.backendDir(context),
    passphrase: await keptSecret(world.passphraseFile),
    providers: [
      kubernetesFactory(target.cluster ? { kind: "cluster", ...target.cluster } : { kind: "offline" }),
      githubFactory(github.target),
      // Beside the state that speaks of it: both go together.
      azureNativeFactory({
        kind: "stand-in",
        dir: path.join(world.backendDir(context), "azure"),
        credentials: async () => credentialsOf(target.cluster ?? (await localCluster(request, world)).cluster, world),
      }),
    ],
    extraConfig: await localSecrets(project, request.stack, world),
  });
  return { engine, target: target.words + github.words, ...(target.cluster ? { cluster: target.cluster } : {}) };
}

/** A run that would be refused must not wait for a control plane first. */
async function checkStack({ projectDir, stack }: EngineRequest, world: World): Promise<void> {
  const [{ checkSettings }, { loadProject, loadStackConfig }] = await Promise.all([
    import("./local-settings.ts"),
    import("../local/engine/project.ts"),
  ]);
  const project = await loadProject(projectDir);
  checkSettings(project, stack, await loadStackConfig(project, stack, undefined, await localSecrets(project, stack, world)));
}

/** A value for every secret that the program declares. They replace whatever the stack file holds: the local world has no key to it. */
async function localSecrets(project: Project, stack: string, world: World): Promise<StackConfig> {
  const { declaredSecrets } = await import("../components/secrets.ts");
  const seed = await keptSecret(world.secretsFile);
  const value = (key: string, format: Parameters<typeof generatedValue>[2]) =>
    generatedValue(seed, { project: project.name, stack, key }, format);
  const declared = declaredSecrets(applicationOf(project), stack);
  const { keptValues } = await import("./local/secret-values.ts");
  const given = await keptValues(world, project.name, stack);
  return Object.fromEntries(
    declared.map(({ key, format }) => [`${project.name}:${key}`, { value: given[key] ?? value(key, format), secret: true }]),
  );
}

async function projectSummary(dir: string): Promise<ProjectSummary> {
  const { loadProject } = await import("../local/engine/project.ts");
  const project = await loadProject(dir);
  const application = applicationOf(project) as { promotion?: { path?: string[] } } | undefined;
  const path = application?.promotion?.path ?? [];
  const position = (stack: string) => (path.includes(stack) ? path.indexOf(stack) : path.length);
  const stacks = [...project.stacks()].sort((a, b) => position(a) - position(b) || (a < b ? -1 : 1));
  const { holdsPlatform } = await import("./platforms.ts");
  return { name: project.name, dir, stacks, platforms: stacks.filter((stack) => holdsPlatform(dir, project.name, stack)) };
}

async function render(projectDir: string, stack: string): Promise<Manifest[]> {
  const [
    { renderProgram },
    { azureNativeFactory },
    { githubFactory },
    { kubernetesFactory },
    { loadProject },
    { Secret, Unknown, Reference },
  ] = await Promise.all([
    import("../local/engine/embedded.ts"),
    import("../local/providers/azure-native/index.ts"),
    import("../local/providers/github/index.ts"),
    import("../local/providers/kubernetes/index.ts"),
    import("../local/engine/project.ts"),
    import("../local/engine/values.ts"),
  ]);
  const { declaredSecrets } = await import("../components/secrets.ts");
  const project = await loadProject(projectDir);
  const placeholders = declaredSecrets(applicationOf(project), stack).map(({ key }) => [
    `${project.name}:${key}`,
    { value: "[secret]", secret: true },
  ]);
  const resources = await renderProgram({
    projectDir,
    stack,
    providers: [kubernetesFactory({ kind: "offline" }), githubFactory({ kind: "offline" }), azureNativeFactory({ kind: "offline" })],
    extraConfig: Object.fromEntries(placeholders) as StackConfig,
  });
  /** What may be shown; the names of secret values stay, so that a scanner sees which there are. */
  const shown = (value: Value, secret = false): unknown => {
    if (value instanceof Secret) return shown(value.value, true);
    if (value instanceof Unknown) return "[unknown]";
    if (value instanceof Reference) return value.urn;
    if (Array.isArray(value)) return value.map((v) => shown(v, secret));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shown(v as Value, secret)]));
    return secret ? "[secret]" : value;
  };
  const isObject = (r: RenderedResource) => r.custom && r.type.startsWith("kubernetes:") && typeof r.inputs.kind === "string";
  return resources.filter(isObject).map((r) => redactedSecret(shown(r.inputs) as Json & Manifest));
}

/** Steps of the control plane's start, for somebody who asked for an environment. */
const inFull =
  (onProgress: EngineRequest["onProgress"]): EngineRequest["onProgress"] =>
  (progress) =>
    onProgress?.({ ...progress, message: `local control plane: ${progress.message}` });
