import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { printTable } from "../ops/terminal/table.ts";
import { Observer } from "./rollback/cluster.ts";
import { type Contestant, helm, kubectl, liftlock } from "./rollback/contestants.ts";
import { BAD } from "./rollback/manifests.ts";
import { findTool } from "./rollback/tools.ts";

// node bench/rollback.ts [--cap SECONDS] [--json]: from a bad image to the release before, ready again, side by side on one control plane:
// KUBECONFIG, or the local one of this checkout (liftlock local start). Pods are simulated, so it measures who notices and goes back when.
// kubectl and helm: on PATH, or where KUBECTL and HELM say; one that is not there is left out, and said.
const args = process.argv.slice(2);
const cap = Number(args[args.indexOf("--cap") + 1] ?? Number.NaN) || 60;
const json = args.includes("--json");
const kubeconfig = process.env.KUBECONFIG ?? path.join(import.meta.dirname, "../.liftlock/cluster/kubeconfig");
const dir = mkdtempSync(path.join(tmpdir(), "liftlock-bench-"));
const world = { dir, kubeconfig, id: `${process.pid}` };

interface Measured {
  readonly contestant: string;
  readonly settings: string;
  /** Seconds; null: not within the cap. */
  readonly fromReport: number | null;
  readonly fromCommand: number | null;
}

/** Brings 1.0.0, then 1.1.0; from the cluster's first report, and from the command, until 1.0.0 is whole again. */
async function measure(observer: Observer, { name, defaults, namespace, ownsNamespace, deploy }: Contestant): Promise<Measured> {
  if (!ownsNamespace) await observer.create(namespace);
  try {
    await deploy("1.0.0", 300);
    if (!(await observer.isHealthy(namespace, BAD))) throw new Error(`${name}: 1.0.0 is not there to go back to`);
    const stop = new AbortController();
    const began = performance.now() / 1000;
    const report = observer.firstReport(namespace, stop.signal);
    const deploying = deploy("1.1.0", cap);
    const reported = await Promise.race([report, deploying.then(() => undefined)]);
    const at = reported ?? performance.now() / 1000;
    const healthy = await observer.healthy(namespace, BAD, at + cap);
    stop.abort();
    await deploying;
    const since = (start: number) => (healthy === undefined ? null : Math.round((healthy - start) * 10) / 10);
    return { contestant: name, settings: defaults, fromReport: since(at), fromCommand: since(began) };
  } finally {
    await observer.remove(namespace);
  }
}

try {
  const observer = new Observer(kubeconfig);
  const [k, h] = await Promise.all([
    findTool("kubectl", "KUBECTL", ["version", "--client"]),
    findTool("helm", "HELM", ["version", "--short"]),
  ]);
  const contestants = [
    liftlock(world),
    ...(k === undefined ? [] : [kubectl(k, world, undefined), kubectl(k, world, "30s")]),
    ...(h === undefined ? [] : [helm(h, world, undefined), helm(h, world, "30s")]),
  ];
  const missing = [k === undefined ? "kubectl" : "", h === undefined ? "helm" : ""].filter(Boolean);
  const results: Measured[] = [];
  for (const contestant of contestants) {
    if (!json) console.error(`measuring ${contestant.name}, ${contestant.defaults}`);
    results.push(await measure(observer, contestant));
  }
  const machine = `${cpus().length} CPUs, ${Math.round(totalmem() / 2 ** 30)} GiB · Node ${process.version} · kubectl ${k?.version ?? "not there"} · helm ${h?.version ?? "not there"}`;
  if (json) console.log(JSON.stringify({ machine, cap, missing, results }, null, 2));
  else {
    const cell = (seconds: number | null) => (seconds === null ? `>= ${cap} s` : `${seconds} s`);
    console.log(machine);
    printTable(
      console.log,
      ["how", "with", "restored after the first report", "after the command"],
      results.map((r) => [r.contestant, r.settings, cell(r.fromReport), cell(r.fromCommand)]),
    );
    if (missing.length > 0) console.log(`Not measured, because not there: ${missing.join(", ")}.`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
