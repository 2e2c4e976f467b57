import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../ops/user-error.ts";
import type { World } from "../world.ts";
import { openBootstrap } from "./bootstrap.ts";
import { ensureBuild } from "./builder/build.js";
import { BuildError } from "./builder/go.js";
import { withLock } from "./builder/lock.js";
import { versionKey } from "./builder/versions.js";
import { ensurePki, writeKubeconfigs } from "./certificates.ts";
import { commandLine, controllers, serverUrl, startOrder } from "./components.ts";
import { type Layout, makeLayout, type ProgramName } from "./layout.ts";
import { accepts, apiServerReady, freePort, isFree } from "./probe.ts";
import { type ControlPlaneRecord, readRecord, writeRecord } from "./record.ts";
import { stagesYaml } from "./stages/index.ts";
import { endComponents, findComponents, lastWords, launch } from "./supervisor.ts";
import type { ControlPlane, OnProgress } from "./types.ts";

const startTimeoutMilliseconds = 120_000;

export interface StartOptions {
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
  const build = await ensureBuild({ onProgress, ...(signal && { signal }) }).catch((error: unknown) => {
    throw error instanceof BuildError ? new UserError(error.message) : error;
  });
  const layout = makeLayout(world);
  return withLock(
    layout.lock,
    "starts or stops the local control plane",
    () => start(layout, build.dir, build.manifest.versions, onProgress),
    {
      onWait: (owner) => onProgress({ phase: "start", message: `waiting: process ${owner.pid} ${owner.purpose}` }),
      ...(signal && { signal }),
    },
  );
}

async function start(layout: Layout, programs: string, versions: ControlPlane["versions"], onProgress: OnProgress): Promise<ControlPlane> {
  const key = versionKey();
  const fixedPort = apiPortFromEnvironment();
  const newPki = await ensurePki(layout);
  const newStages = writeStages(layout);

  const last = readRecord(layout);
  const otherPort = fixedPort !== undefined && last?.ports.apiserver !== fixedPort;
  if (!last || last.key !== key || newPki || otherPort)
    await endComponents(layout); // older programs, or some that nobody knows how to reach
  else if (newStages) await endComponents(layout, ["kwok"]);

  const alive = findComponents(layout);
  const missing = startOrder.filter((name) => !alive.has(name));
  if (last && missing.length === 0 && (await untilReady(layout, last, undefined))) {
    return describe(layout, last, versions, []);
  }

  onProgress({ phase: "start", message: missing.length < startOrder.length ? `starting again: ${missing.join(", ")}` : "starting" });
  const record = await prepareRecord(layout, last, key, fixedPort, missing);
  writeKubeconfigs(layout, serverUrl(record));
  const toStart = startOrder.filter((name) => !findComponents(layout).has(name));
  const begin = (name: ProgramName) => launch(name, path.join(programs, name), commandLine(name, layout, record), layout);
  const beginMissing = (name: ProgramName) => (toStart.includes(name) ? begin(name) : undefined);

  const etcd = beginMissing("etcd");
  if (etcd) await untilAccepting(layout, record.ports.etcd, etcd);
  if (!(await untilReady(layout, record, beginMissing("kube-apiserver")))) throw didNotStart(layout, "kube-apiserver");
  const bootstrap = await openBootstrap(layout, programs, key);
  if (!bootstrap.done) onProgress({ phase: "start", message: "adding nodes, storage classes and the Gateway API" });
  await bootstrap.installDefinitions();
  for (const name of controllers) beginMissing(name);
  await bootstrap.furnish(keeper(layout, begin));
  return describe(layout, record, versions, toStart);
}

/**
 * A controller ends itself when the API server refuses it something: one that ran on while the API server was started again may see a moment in which its
 * roles are not known yet. Such a one is started again, a few times; an API server or etcd that ends has a reason that stays.
 */
function keeper(layout: Layout, begin: (name: ProgramName) => unknown): () => void {
  let left = 3;
  return () => {
    const found = findComponents(layout);
    for (const name of startOrder.filter((one) => !found.has(one))) {
      if (!controllers.includes(name) || left-- === 0) throw didNotStart(layout, name);
      begin(name);
    }
  };
}

/** Keeps ports that are in use by what still runs, or free; takes others for those that another program took meanwhile. */
async function prepareRecord(
  layout: Layout,
  last: ControlPlaneRecord | undefined,
  key: string,
  fixedPort: number | undefined,
  missing: readonly ProgramName[],
): Promise<ControlPlaneRecord> {
  const free = async (name: ProgramName, wanted: number | undefined) => {
    return wanted !== undefined && (!missing.includes(name) || (await isFree(wanted))) ? wanted : freePort();
  };
  const ports = {
    etcd: await free("etcd", last?.ports.etcd),
    etcdPeer: await free("etcd", last?.ports.etcdPeer),
    apiserver: await free("kube-apiserver", fixedPort ?? last?.ports.apiserver),
  };
  if (fixedPort !== undefined && ports.apiserver !== fixedPort) {
    throw new UserError(
      `Port ${fixedPort}, which LIFTLOCK_API_PORT asks for, is in use by another program.\nFree it, choose another, or unset LIFTLOCK_API_PORT to let a free one be taken.`,
    );
  }
  // What still runs knows etcd and the API server by their old ports: start everything again when one of these had to change.
  if (last && (ports.etcd !== last.ports.etcd || ports.apiserver !== last.ports.apiserver)) await endComponents(layout);
  const record: ControlPlaneRecord = {
    key,
    ports,
    kwokStarts: (last?.kwokStarts ?? 0) + 1,
    startedAt: missing.includes("kube-apiserver") ? new Date().toISOString() : (last?.startedAt ?? new Date().toISOString()),
  };
  writeRecord(layout, record);
  return record;
}

function writeStages(layout: Layout): boolean {
  const stages = stagesYaml();
  if (existsSync(layout.stages) && readFileSync(layout.stages, "utf8") === stages) return false;
  writeFileSync(layout.stages, stages, { mode: 0o600 });
  return true;
}

function apiPortFromEnvironment(): number | undefined {
  const text = process.env.LIFTLOCK_API_PORT;
  if (!text) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UserError(`LIFTLOCK_API_PORT is "${text}".\nSet it to a port number from 1 to 65535, or unset it.`);
}

/** False when `child` ended, or the time is up. */
async function untilReady(layout: Layout, record: ControlPlaneRecord, child: ChildProcess | undefined): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMilliseconds;
  while (!(await apiServerReady(layout, serverUrl(record)))) {
    if (Date.now() > deadline || hasEnded(child)) return false;
    if (!child && !findComponents(layout).has("kube-apiserver")) return false;
    await delay(50);
  }
  return true;
}

async function untilAccepting(layout: Layout, port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startTimeoutMilliseconds;
  while (!(await accepts(port))) {
    if (Date.now() > deadline || hasEnded(child)) throw didNotStart(layout, "etcd");
    await delay(20);
  }
}

function hasEnded(child: ChildProcess | undefined): boolean {
  return child !== undefined && (child.pid === undefined || child.exitCode !== null || child.signalCode !== null);
}

function didNotStart(layout: Layout, name: ProgramName): UserError {
  return new UserError(
    `The local control plane did not start: ${name} ended or did not answer.\n${lastWords(layout, name)}\nThe whole log: ${layout.log(name)}\n` +
      "Run `liftlock local start` again; if it stays so, `liftlock local reset` starts from nothing (what is deployed in the local world is lost).",
  );
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
