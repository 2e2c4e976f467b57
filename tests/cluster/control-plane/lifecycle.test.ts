import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { AppsV1Api, CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listProcesses } from "../../../local/cluster/builder/processes.js";
import {
  controlPlaneStatus,
  type ProgramName,
  resetControlPlane,
  startControlPlane,
  stopControlPlane,
} from "../../../local/cluster/index.ts";
import { freePort } from "../../../local/cluster/probe.ts";
import type { World } from "../../../local/world.ts";
import { eventually, temporaryWorld } from "../setup.ts";

const everyComponent = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

let world: World;
let projectDir = "";
let remove: () => Promise<void>;
beforeAll(() => {
  ({ world, projectDir, remove } = temporaryWorld());
});
afterAll(() => remove());

function config(): KubeConfig {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(path.join(world.clusterDir, "kubeconfig"));
  return kubeconfig;
}

async function pidOf(name: ProgramName): Promise<number> {
  const { components } = await controlPlaneStatus(world);
  return components.find((component) => component.name === name)?.pid ?? expect.fail(`${name} does not run`);
}

/** Every process whose command line names this world, whatever it is called. */
const processesOfWorld = () => listProcesses().filter(({ argv }) => argv.join(" ").includes(projectDir));

async function kill(name: ProgramName): Promise<void> {
  const pid = await pidOf(name);
  process.kill(pid, "SIGKILL");
  await eventually(`${name} is gone`, async () => (processesOfWorld().some((one) => one.pid === pid) ? undefined : true));
}

/** A Deployment becomes available: so controllers, scheduler and kwok all do their work. */
async function deploys(name: string): Promise<void> {
  const apps = config().makeApiClient(AppsV1Api);
  const template = { metadata: { labels: { name } }, spec: { containers: [{ name: "c", image: "good:1" }] } };
  const body = { metadata: { name }, spec: { selector: { matchLabels: { name } }, template } };
  await apps.createNamespacedDeployment({ namespace: "default", body });
  await eventually(`deployment ${name} is available`, async () => ((await available(name)) ? true : undefined));
}

async function available(name: string): Promise<boolean> {
  const { status } = await config().makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace: "default", name });
  return status?.availableReplicas === 1;
}

// One story on one world, in this order.
describe("the life of a control plane", () => {
  test("before its first start", async () => {
    expect(await controlPlaneStatus(world)).toMatchObject({ running: false, detail: "never started", dataBytes: 0 });
    expect(await stopControlPlane(world)).toEqual([]);
    expect(existsSync(world.clusterDir)).toBe(false);
  });

  test("starts, and says where and what it is", async () => {
    const plane = await startControlPlane(world);
    expect(plane).toMatchObject({ startedNow: true, started: everyComponent, version: expect.stringMatching(/^v1\.\d+\.\d+$/) });
    const status = await controlPlaneStatus(world);
    expect(status).toMatchObject({
      running: true,
      detail: "running",
      server: plane.server,
      kubeconfig: plane.kubeconfig,
      versions: plane.versions,
    });
    expect(status.components.map(({ name }) => name)).toEqual(everyComponent);
    expect(status.dataBytes).toBeGreaterThan(100_000);
    expect(status.uptimeSeconds).toBeLessThan(120);
    expect((await config().makeApiClient(VersionApi).getCode()).gitVersion).toBe(plane.version);
    await deploys("first");
  });

  test("keeps its files to itself, and listens on loopback only", async () => {
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
    expect(mode(world.clusterDir)).toBe("700");
    for (const name of ["pki", "etcd", "logs"]) expect(mode(path.join(world.clusterDir, name))).toBe("700");
    for (const name of ["kubeconfig", "pki/apiserver.key", "pki/service-account.key", "pki/client-admin.json", "pki/kwok.kubeconfig"]) {
      expect([name, mode(path.join(world.clusterDir, name))]).toEqual([name, "600"]);
    }
    const pids = new Set(processesOfWorld().map(({ pid }) => pid));
    if (existsSync("/proc/net/tcp")) expect(listeningAddresses(pids)).toEqual(["127.0.0.1"]);
  });

  test("holds nothing of the command that started it", async () => {
    if (!existsSync("/proc/self/environ")) return;
    const secret = readFileSync(`/proc/${await pidOf("kube-apiserver")}/environ`, "utf8");
    expect(secret).not.toContain("VITEST");
    expect(processesOfWorld()).toHaveLength(everyComponent.length);
  });

  test("is found again, by two at once", async () => {
    const again = await Promise.all([startControlPlane(world), startControlPlane(world)]);
    expect(again.map(({ startedNow, started }) => ({ startedNow, started }))).toEqual([
      { startedNow: false, started: [] },
      { startedNow: false, started: [] },
    ]);
  });

  test.each(["kwok", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"] as const)(
    "%s that was killed is started again, alone, with the data kept",
    async (name) => {
      await kill(name);
      expect(await controlPlaneStatus(world)).toMatchObject({ running: false, detail: `not running: ${name}` });
      expect(await startControlPlane(world)).toMatchObject({ startedNow: true, started: [name] });
      expect(await available("first")).toBe(true);
      await deploys(`after-${name}`);
    },
  );

  test("all killed at once, and the record of it damaged: comes back with the data", async () => {
    for (const name of everyComponent) await kill(name as ProgramName);
    writeFileSync(path.join(world.clusterDir, "control-plane.json"), "{");
    expect(await startControlPlane(world)).toMatchObject({ started: everyComponent });
    expect(await available("after-etcd")).toBe(true);
    await deploys("after-all");
  });

  test("stops cleanly, says so, and goes on with its data and its port", async () => {
    const { server } = await startControlPlane(world);
    expect((await stopControlPlane(world)).toSorted()).toEqual(everyComponent.toSorted());
    expect(processesOfWorld()).toEqual([]);
    expect(await controlPlaneStatus(world)).toMatchObject({ running: false, detail: "stopped" });
    const again = await startControlPlane(world);
    expect(again).toMatchObject({ startedNow: true, server });
    expect(await available("after-all")).toBe(true);
  });

  test("takes other ports when its own were taken meanwhile, also by a program that looks like a component", async () => {
    const { server } = await startControlPlane(world);
    await stopControlPlane(world);
    const impostor = createServer().listen(Number(new URL(server).port), "127.0.0.1");
    // Same name, but of another world: neither counted nor stopped.
    const other = spawn("sleep", ["300"], { argv0: "kube-scheduler", stdio: "ignore" });
    try {
      expect((await startControlPlane(world)).server).not.toBe(server);
      expect(await pidOf("kube-scheduler")).not.toBe(other.pid);
      await deploys("other-port");
      await stopControlPlane(world);
      expect(other.exitCode ?? other.signalCode).toBeNull();
    } finally {
      impostor.close();
      other.kill();
    }
  });

  test("an API server that runs and does not answer is replaced", async () => {
    await startControlPlane(world);
    const hung = await pidOf("kube-apiserver");
    process.kill(hung, "SIGSTOP");
    expect(await controlPlaneStatus(world)).toMatchObject({ running: false, detail: "the API server does not answer" });
    expect(await startControlPlane(world)).toMatchObject({ started: everyComponent });
    expect(await pidOf("kube-apiserver")).not.toBe(hung);
    expect(await available("other-port")).toBe(true);
  });

  test("the user can fix the port of the API server; one that is taken is refused, and what runs runs on", async () => {
    const free = await freePort();
    process.env.LIFTLOCK_API_PORT = String(free);
    const server = createServer().listen(0, "127.0.0.1");
    try {
      expect((await startControlPlane(world)).server).toBe(`https://127.0.0.1:${free}`);
      await (server.listening || once(server, "listening"));
      process.env.LIFTLOCK_API_PORT = String((server.address() as { port: number }).port);
      await expect(startControlPlane(world)).rejects.toThrow(/^Port \d+, which LIFTLOCK_API_PORT asks for, is in use by another program/);
      expect(await controlPlaneStatus(world)).toMatchObject({ running: true, server: `https://127.0.0.1:${free}` });
      process.env.LIFTLOCK_API_PORT = "none";
      await expect(startControlPlane(world)).rejects.toThrow('LIFTLOCK_API_PORT is "none"');
    } finally {
      delete process.env.LIFTLOCK_API_PORT;
      server.close();
    }
  });

  test("a component that does not start is named, with its last words", async () => {
    await stopControlPlane(world);
    rmSync(path.join(world.clusterDir, "etcd", "member"), { recursive: true });
    writeFileSync(path.join(world.clusterDir, "etcd", "member"), "not a directory");
    await expect(startControlPlane(world)).rejects.toThrow(/etcd ended or did not answer/);
  });

  test("reset removes everything, and a new start knows nothing of the old one", async () => {
    await resetControlPlane(world);
    expect(existsSync(world.clusterDir)).toBe(false);
    expect(processesOfWorld()).toEqual([]);
    await startControlPlane(world);
    expect((await config().makeApiClient(CoreV1Api).listNamespacedPod({ namespace: "default" })).items).toEqual([]);
    await resetControlPlane(world);
    await resetControlPlane(world); // nothing to do
  });
});

/** Local addresses on which these processes listen (Linux). */
function listeningAddresses(pids: Set<number>): string[] {
  const inodes = new Set(
    [...pids].flatMap((pid) =>
      execFileSync("ls", ["-l", `/proc/${pid}/fd`], { encoding: "utf8" })
        .split("\n")
        .flatMap((line) => /socket:\[(\d+)\]/.exec(line)?.[1] ?? []),
    ),
  );
  const sockets = ["tcp", "tcp6"].flatMap((table) => readFileSync(`/proc/net/${table}`, "utf8").trim().split("\n").slice(1));
  const listening = sockets.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === "0A" && inodes.has(fields[9] ?? ""));
  const address = (hex: string) =>
    hex.length === 8 ? [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(".") : hex;
  return [...new Set(listening.map((fields) => address((fields[1] ?? "").split(":")[0] ?? "")))];
}
