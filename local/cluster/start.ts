import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../ops/user-error.ts";
import type { World } from "../world.ts";
import { openBootstrap } from "./bootstrap.ts";
import { ensureBuild } from "./builder/build.js";
import { controlPlaneKey, ensureDefinitions } from "./builder/definitions.js";
import { BuildError } from "./builder/go.js";
import { withLock } from "./builder/lock.js";
import { ensurePki, writeKubeconfigs } from "./certificates.ts";
import { commandLine, controllers, serverUrl, startOrder } from "./components.ts";
import { keeper } from "./keeper.ts";
import { type Layout, makeLayout, type ProgramName } from "./layout.ts";
import { apiPortFromEnvironment, choosePorts, requireFree } from "./ports.ts";
import { didNotStart, untilAccepting, untilReady } from "./readiness.ts";
import { type ControlPlaneRecord, readRecord, writeRecord } from "./record.ts";
import { stagesYaml } from "./stages/index.ts";
import { endComponents, findComponents, launch } from "./supervisor.ts";
import type { ControlPlane, OnProgress } from "./types.ts";

/** An API server that runs and does not answer for so long is not coming back. On a busy machine a live one may take its time. */
const hungAfterMilliseconds = 20_000;

export interface StartOptions {
  /** Ends building and waiting; what was started by then runs on, and is found by the next start. */
  signal?: AbortSignal;
}

/**
 * A running control plane for this world: builds its programs if they are not in the cache, starts what does not run, finds again what does. Data of an
 * earlier run is kept. Two calls at once: one waits for the other.
 *
 * `LIFTLOCK_API_PORT` fixes the port of the API server; otherwise it keeps its last one while that is free.
 * @throws UserError  no Go (or no space) to build with; fixed port taken; a component that does not start, with the last lines of its log
 */
export async function startControlPlane(
  world: World,
  onProgress: OnProgress = () => {},
  { signal }: StartOptions = {},
): Promise<ControlPlane> {
  const options = { onProgress, ...(signal && { signal }) };
  const inWords = (error: unknown): never => {
    throw error instanceof BuildError ? new UserError(error.message) : error;
  };
  const build = await ensureBuild(options).catch(inWords);
  const definitions = await ensureDefinitions(options).catch(inWords);
  const layout = makeLayout(world);
  return withLock(
    layout.lock,
    "starts or stops the local control plane",
    () => start(layout, { programs: build.dir, definitions }, build.manifest.versions, onProgress, signal),
    {
      onWait: (owner) => onProgress({ phase: "start", message: `waiting: process ${owner.pid} ${owner.purpose}` }),
      ...(signal && { signal }),
    },
  );
}

async function start(
  layout: Layout,
  { programs, definitions }: { programs: string; definitions: string },
  versions: ControlPlane["versions"],
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<ControlPlane> {
  const key = controlPlaneKey();
  const fixedPort = apiPortFromEnvironment();
  const newPki = await ensurePki(layout);
  const newStages = writeStages(layout);

  const last = readRecord(layout);
  const otherPort = fixedPort !== undefined && last?.ports.apiserver !== fixedPort;
  if (otherPort) await requireFree(fixedPort);
  // Older programs, or some that nobody knows how to reach, or with certificates that nobody has any more.
  if (!last || last.key !== key || newPki || otherPort) await endComponents(layout);
  else if (newStages) await endComponents(layout, ["kwok"]);

  if (last && notRunning(layout).length === 0) {
    if (await untilReady(layout, last, undefined, signal, hungAfterMilliseconds)) return describe(layout, last, versions, []);
    await endComponents(layout, startOrder, 1000); // what hangs does not end by itself, nor do its clients
  }
  const missing = notRunning(layout);
  onProgress({ phase: "start", message: missing.length < startOrder.length ? `starting again: ${missing.join(", ")}` : "starting" });
  const ports = await choosePorts(last?.ports, missing, fixedPort);
  // What still runs knows etcd and the API server by their old ports: everything starts again when one of these had to change.
  if (last && (ports.etcd !== last.ports.etcd || ports.apiserver !== last.ports.apiserver)) await endComponents(layout);
  const startedAt = (!missing.includes("kube-apiserver") && last?.startedAt) || new Date().toISOString();
  const record = { key, ports, kwokStarts: (last?.kwokStarts ?? 0) + 1, startedAt };
  writeRecord(layout, record);
  writeKubeconfigs(layout, serverUrl(record));
  const toStart = notRunning(layout);
  const begun = new Map<ProgramName, ChildProcess>();
  const begin = (name: ProgramName) => {
    const child = launch(name, path.join(programs, name), commandLine(name, layout, record), layout);
    begun.set(name, child);
    return child;
  };
  const beginMissing = (name: ProgramName) => (toStart.includes(name) ? begin(name) : undefined);

  const etcd = beginMissing("etcd");
  if (etcd) await untilAccepting(layout, record.ports.etcd, etcd, signal);
  if (!(await untilReady(layout, record, beginMissing("kube-apiserver"), signal))) throw didNotStart(layout, "kube-apiserver");
  const bootstrap = await openBootstrap(layout, [path.join(programs, "gateway-api"), definitions], key);
  if (!bootstrap.done)
    onProgress({ phase: "start", message: "adding nodes, storage classes, the Gateway API and Envoy Gateway's policies" });
  await bootstrap.installDefinitions();
  for (const name of controllers) beginMissing(name);
  await bootstrap.furnish(
    keeper(
      () => notRunning(layout),
      begin,
      begun,
      (name) => didNotStart(layout, name),
    ),
  );
  return describe(layout, record, versions, toStart);
}

function notRunning(layout: Layout): ProgramName[] {
  const found = findComponents(layout);
  return startOrder.filter((name) => !found.has(name));
}

function writeStages(layout: Layout): boolean {
  const stages = stagesYaml();
  if (existsSync(layout.stages) && readFileSync(layout.stages, "utf8") === stages) return false;
  writeFileSync(layout.stages, stages, { mode: 0o600 });
  return true;
}

function describe(layout: Layout, record: ControlPlaneRecord, versions: ControlPlane["versions"], started: ProgramName[]): ControlPlane {
  return {
    kubeconfig: layout.kubeconfig,
    server: serverUrl(record),
    version: versions.kubernetes,
    versions,
    startedNow: started.length > 0,
    started,
  };
}
