import { existsSync, rmSync } from "node:fs";
import { UserError } from "../../ops/user-error.ts";
import type { World } from "../world.ts";
import { withLock } from "./builder/lock.js";
import { layoutOf, type ProgramName } from "./layout.ts";
import { endComponents, findComponents } from "./supervisor.ts";
import type { OnProgress } from "./types.ts";

/**
 * Ends every component, cleanly, and keeps the data: the next start goes on with it.
 * @returns the components that ran
 */
export async function stopControlPlane(world: World, onProgress: OnProgress = () => {}): Promise<ProgramName[]> {
  if (!existsSync(world.clusterDir)) return [];
  const layout = layoutOf(world);
  return withLock(layout.lock, "starts or stops the local control plane", async () => {
    onProgress({ phase: "stop", message: "stopping the control plane" });
    const ended = await endComponents(layout);
    const left = [...findComponents(layout).keys()];
    if (left.length > 0) throw new UserError(`Still running: ${left.join(", ")}. Another command started it meanwhile; run this again.`);
    return ended;
  });
}

/** Stops it and removes all that it has: data, certificates, kubeconfig, logs. The built programs stay in the cache. */
export async function resetControlPlane(world: World, onProgress: OnProgress = () => {}): Promise<void> {
  if (!existsSync(world.clusterDir)) return;
  const layout = layoutOf(world);
  await withLock(layout.lock, "starts or stops the local control plane", async () => {
    onProgress({ phase: "stop", message: "stopping the control plane and removing its data" });
    await endComponents(layout);
    rmSync(layout.dir, { recursive: true, force: true });
  });
}
