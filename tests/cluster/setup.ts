import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { findProcess } from "../../local/cluster/builder/processes.js";
import { resetControlPlane, startControlPlane } from "../../local/cluster/index.ts";
import { findWorld, type World } from "../../local/world.ts";

declare module "vitest" {
  interface ProvidedContext {
    controlPlane: { kubeconfig: string; server: string; projectDir: string };
  }
}

const prefix = "liftlock-cluster-test-";

/**
 * Global setup of the vitest project `cluster`: one control plane for the whole run, in a temporary world, gone at the end. Building it on first use takes
 * minutes. A test file reaches it with
 *
 *     const { kubeconfig } = inject("controlPlane");   // import { inject } from "vitest"
 *
 * or with `clusterClient()` below, and keeps to namespaces of its own (`temporaryNamespace`): all files share it. A test that stops, breaks or
 * resets a control plane makes a world of its own with `temporaryWorld` instead. `projectDir` is the folder for which `findWorld` gives the shared world.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const { world, projectDir, remove } = temporaryWorld();
  let shown = "";
  const { kubeconfig, server } = await startControlPlane(world, ({ message }) => {
    if (message !== shown) console.log(`control plane: ${message}`);
    shown = message;
  });
  project.provide("controlPlane", { kubeconfig, server, projectDir });
  return remove;
}

/** A world of its own, beside which nothing else is; `remove` also ends its control plane. Await it in afterAll or a finally. */
export function temporaryWorld(): { world: World; projectDir: string; remove: () => Promise<void> } {
  const projectDir = mkdtempSync(path.join(os.tmpdir(), prefix));
  mkdirSync(path.join(projectDir, ".git")); // a world lies beside it
  writeFileSync(path.join(projectDir, "owner.json"), JSON.stringify({ pid: process.pid, started: findProcess(process.pid)?.started }));
  const world = findWorld(projectDir);
  return { world, projectDir, remove: () => removeWorld(projectDir) };
}

/** Clients for the shared control plane. */
export function clusterClient(): { config: KubeConfig; core: CoreV1Api } {
  const config = new KubeConfig();
  config.loadFromFile(inject("controlPlane").kubeconfig);
  return { config, core: config.makeApiClient(CoreV1Api) };
}

/** A namespace of the shared control plane whose name begins with `name`, ready for pods. */
export async function temporaryNamespace(
  name: string,
  labels: Record<string, string> = {},
): Promise<{ namespace: string; remove: () => Promise<void> }> {
  const { core } = clusterClient();
  const made = await core.createNamespace({ body: { metadata: { generateName: `${name}-`, labels } } });
  const namespace = made.metadata?.name ?? "";
  await eventually(`${namespace} has its default service account`, async () => {
    const { items } = await core.listNamespacedServiceAccount({ namespace });
    return items.length > 0 ? true : undefined;
  });
  return { namespace, remove: async () => void (await core.deleteNamespace({ name: namespace })) };
}

/** Waits until `read` gives something other than undefined, and gives that. Fails with what was awaited. */
export async function eventually<T>(what: string, read: () => Promise<T | undefined>, timeoutMilliseconds = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMilliseconds;
  while (true) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMilliseconds / 1000} s: ${what}`);
    await delay(50);
  }
}

async function removeWorld(projectDir: string): Promise<void> {
  // Clones in it have worlds of their own.
  const folders = readdirSync(projectDir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  for (const folder of [".", ...folders]) await resetControlPlane(findWorld(path.join(projectDir, folder)));
  rmSync(projectDir, { recursive: true, force: true });
}

/** A run that was killed leaves its control plane running: the next one ends it. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const projectDir = path.join(os.tmpdir(), name);
    try {
      const owner = JSON.parse(readFileSync(path.join(projectDir, "owner.json"), "utf8")) as { pid: number; started: string };
      if (findProcess(owner.pid)?.started === owner.started) continue;
    } catch {
      continue; // being made just now
    }
    await removeWorld(projectDir);
  }
}
