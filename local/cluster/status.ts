import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { World } from "../world.ts";
import { controlPlaneKey } from "./builder/definitions.js";
import { pinnedVersions } from "./builder/versions.js";
import { portOf, serverUrl, startOrder } from "./components.ts";
import { layoutOf } from "./layout.ts";
import { apiServerReady } from "./probe.ts";
import { readRecord } from "./record.ts";
import { findComponents } from "./supervisor.ts";
import type { ComponentStatus, ControlPlaneStatus } from "./types.ts";

/** What runs now, read from the machine and the API server themselves. Changes nothing. */
export async function controlPlaneStatus(world: World): Promise<ControlPlaneStatus> {
  if (!existsSync(world.clusterDir))
    return { running: false, detail: "never started", dataBytes: 0, dir: world.clusterDir, components: [] };
  const layout = layoutOf(world);
  const record = readRecord(layout);
  const found = findComponents(layout);
  const components = startOrder.map((name): ComponentStatus => {
    const pid = found.get(name)?.[0]?.pid;
    const port = record && pid !== undefined ? portOf(name, record) : undefined;
    return {
      name,
      running: pid !== undefined,
      ...(pid !== undefined && { pid }),
      ...(port !== undefined && { port }),
      log: layout.log(name),
    };
  });
  const dead = components.filter((component) => !component.running).map((component) => component.name);
  const status = { dataBytes: diskUsage(layout.dir), dir: layout.dir, components };
  if (!record || dead.length === startOrder.length) return { running: false, detail: record ? "stopped" : "never started", ...status };

  const ready = await apiServerReady(layout, serverUrl(record));
  const uptimeSeconds = Math.max(0, Math.round((Date.now() - Date.parse(record.startedAt)) / 1000));
  return {
    running: ready && dead.length === 0,
    detail: dead.length > 0 ? `not running: ${dead.join(", ")}` : ready ? "running" : "the API server does not answer",
    kubeconfig: layout.kubeconfig,
    server: serverUrl(record),
    ...(record.key === controlPlaneKey() && { versions: pinnedVersions() }),
    startedAt: record.startedAt,
    uptimeSeconds,
    ...status,
  };
}

function diskUsage(dir: string): number {
  let bytes = 0;
  for (const entry of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    const stats = statSync(path.join(dir, entry), { throwIfNoEntry: false }); // etcd and logs come and go
    if (stats?.isFile()) bytes += Math.min(stats.size, stats.blocks * 512); // etcd reserves more than it uses
  }
  return bytes;
}
