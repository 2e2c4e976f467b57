import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { resetControlPlane, startControlPlane } from "../local/cluster/index.ts";
import { findWorld } from "../local/world.ts";
import { apply } from "../ops/drift/fix.ts";
import { remedies } from "../ops/drift/fix-plan.ts";
import { changes, harmless } from "../tests/cluster/drift/changes.ts";
import { DriftWorld } from "../tests/cluster/drift/world.ts";

// node bench/drift.ts [--markdown]: changes made by hand on a local control plane, looked for by `drift` and by `refresh` side by side.
const dir = mkdtempSync(path.join(tmpdir(), "liftlock-bench-"));
mkdirSync(path.join(dir, ".git"));
const plane = await startControlPlane(findWorld(dir), () => {});
const config = new KubeConfig();
config.loadFromFile(plane.kubeconfig);
const world = new DriftWorld(plane.kubeconfig, config.getCurrentContext());
const times: Record<"drift" | "refresh", number[]> = { drift: [], refresh: [] };
const alarms = { drift: 0, refresh: 0 };
const rows: [string, boolean, boolean][] = [];

async function timed<T>(what: "drift" | "refresh", run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await run();
  } finally {
    times[what].push(performance.now() - start);
  }
}
const look = () => timed("drift", () => world.look());
/** Both look from a state that is read anew. */
async function refresh(): Promise<boolean> {
  const engine = await world.engine();
  const { changeSummary, result } = await timed("refresh", () => engine.refresh({ previewOnly: true }));
  return result !== "succeeded" || Object.entries(changeSummary).some(([op, n]) => op !== "same" && op !== "refresh" && n > 0);
}

try {
  await world.up();
  const kinds = await world.api.served();
  for (const { make } of harmless) {
    await make(world.hand);
    if ((await look()).found.length > 0) alarms.drift++;
    if (await refresh()) alarms.refresh++;
  }
  for (const change of changes) {
    await change.make(world.hand);
    const looked = await look();
    rows.push([change.name, looked.found.length > 0, await refresh()]);
    const named = looked.found.map(({ subject }) => `${subject.kind}/${subject.name}`);
    for (const remedy of remedies(looked.drifted, new Set(looked.found), named))
      if (remedy.kind !== "none") await apply(world.api, remedy, kinds, new AbortController().signal);
  }
  const objects = (await look()).counted;
  const of = (index: 1 | 2) => rows.filter((row) => row[index]).length;
  const median = (all: number[]) => `${Math.round([...all].sort((a, b) => a - b)[all.length >> 1]!)} ms`;
  console.log(`${objects.applied} objects of the stack, ${objects.read} in the cluster · ${cpus().length} CPUs · Node ${process.version}`);
  console.log(`| | drift | refresh |\n| --- | --- | --- |`);
  console.log(`| changes found, of ${rows.length} | ${of(1)} | ${of(2)} |`);
  console.log(`| false alarms, of ${harmless.length} | ${alarms.drift} | ${alarms.refresh} |`);
  console.log(`| median time of a look | ${median(times.drift)} | ${median(times.refresh)} |`);
  if (process.argv.includes("--markdown"))
    for (const [name, a, b] of rows) console.log(`| ${name} | ${a ? "found" : "no"} | ${b ? "found" : "no"} |`);
} finally {
  await world.remove();
  await resetControlPlane(findWorld(dir));
  rmSync(dir, { recursive: true, force: true });
}
