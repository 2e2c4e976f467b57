import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppsV1Api, CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { execa } from "execa";
import { expect, inject } from "vitest";
import { openBackend } from "../../../../local/engine/backend/index.ts";
import type { Snapshot } from "../../../../local/engine/state.ts";
import type { Engine, RunResult } from "../../../../ops/engine.ts";
import { clusterClient, temporaryNamespace } from "../../setup.ts";
import { backendOf, engineFor, type Job } from "./job.ts";

const repository = path.resolve(import.meta.dirname, "../../../..");
type Counted = { writes: number; requests: number };

/** The program in a folder and a namespace of its own, and what can be said of it from outside. */
export class CrashWorld {
  readonly dir: string;
  readonly namespace: string;
  readonly token = `planted-${Math.random().toString(36).slice(2)}-secret`;
  readonly removeNamespace: () => Promise<void>;

  private constructor(namespace: string, remove: () => Promise<void>) {
    this.namespace = namespace;
    this.removeNamespace = remove;
    this.dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "liftlock-crash-")));
    cpSync(path.join(import.meta.dirname, "program.ts"), path.join(this.dir, "index.ts"));
    symlinkSync(path.join(repository, "node_modules"), path.join(this.dir, "node_modules"));
    writeFileSync(path.join(this.dir, "package.json"), '{ "type": "module" }');
    writeFileSync(path.join(this.dir, "Pulumi.yaml"), "name: crash\nruntime: nodejs\n");
    writeFileSync(path.join(this.dir, "Pulumi.dev.yaml"), "config: {}\n");
  }

  static async open(): Promise<CrashWorld> {
    const { namespace, remove } = await temporaryNamespace("crash");
    return new CrashWorld(namespace, remove);
  }
  async close(): Promise<void> {
    await this.removeNamespace();
    rmSync(this.dir, { recursive: true, force: true });
  }

  job(version: number, more: Partial<Job> = {}): Job {
    const { kubeconfig } = inject("controlPlane");
    return { projectDir: this.dir, kubeconfig, namespace: this.namespace, token: this.token, version, operation: "up", ...more };
  }
  engine(version: number, more: Partial<Job> = {}): Promise<Engine> {
    return engineFor(this.job(version, more));
  }

  /** Runs a job in a process of its own: what it counted, or undefined when it was killed at its point. */
  async child(job: Job): Promise<Counted | undefined> {
    const script = path.join(import.meta.dirname, "child.ts");
    const run = await execa(script, { node: true, nodePath: process.execPath, reject: false, input: JSON.stringify(job), cwd: this.dir });
    if (run.signal === "SIGKILL") return undefined;
    if (run.exitCode !== 0) throw new Error(`${JSON.stringify(job.point)}: ${run.stderr}\n${run.stdout}`);
    return JSON.parse(run.stdout.trim().split("\n").at(-1)!) as Counted;
  }

  async state(): Promise<Snapshot> {
    const backend = await openBackend({ backendDir: backendOf(this.dir), project: "crash", stack: "dev", passphrase: "crash" });
    return (await backend.load()) ?? { resources: [], pendingOperations: [] };
  }

  /** Objects in the namespace that are not Kubernetes' own, as `Kind name`; one that is going says so. */
  async live(): Promise<string[]> {
    const { config } = clusterClient();
    const { namespace } = this;
    const core = config.makeApiClient(CoreV1Api);
    const lists = await Promise.all([
      core.listNamespacedConfigMap({ namespace }).then(({ items }) => ["ConfigMap", items] as const),
      core.listNamespacedSecret({ namespace }).then(({ items }) => ["Secret", items] as const),
      core.listNamespacedService({ namespace }).then(({ items }) => ["Service", items] as const),
      core.listNamespacedServiceAccount({ namespace }).then(({ items }) => ["ServiceAccount", items] as const),
      config
        .makeApiClient(AppsV1Api)
        .listNamespacedDeployment({ namespace })
        .then(({ items }) => ["Deployment", items] as const),
      config
        .makeApiClient(RbacAuthorizationV1Api)
        .listNamespacedRole({ namespace })
        .then(({ items }) => ["Role", items] as const),
    ]);
    return lists
      .flatMap(([kind, items]) =>
        items.map(({ metadata }) => `${kind} ${metadata?.name}${metadata?.deletionTimestamp === undefined ? "" : " (going)"}`),
      )
      .filter((line) => !["ConfigMap kube-root-ca.crt", "ServiceAccount default"].includes(line))
      .sort();
  }

  /** State and cluster are what the program of this version declares: each object once, nothing besides, nothing pending. */
  async expectConverged(version: number): Promise<void> {
    const { resources, pendingOperations } = await this.state();
    const own = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    const inState = own.map(({ type, id }) => `${type.split(":").at(-1)} ${id?.split("/").at(-1)}`).sort();
    expect(pendingOperations).toEqual([]);
    expect(await this.live()).toEqual(inState);
    expect(inState.map((line) => line.replace(/-[0-9a-f]{8}$/, "-*"))).toEqual(
      [
        "ConfigMap named",
        `ConfigMap only-${version}`,
        "ConfigMap web-settings-*",
        "Deployment web",
        "Role reader",
        "Secret web-token-*",
        "Service web",
        "ServiceAccount web",
      ].sort(),
    );
    const { config, core } = clusterClient();
    const { namespace } = this;
    const named = await core.readNamespacedConfigMap({ namespace, name: "named" });
    const web = await config.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name: "web" });
    expect([named.data?.version, web.spec?.replicas, web.status?.readyReplicas]).toEqual([String(version), version, version]);
  }

  /** The planted secret in clear or as base64 in any file of the project, its backend and its leftovers. */
  expectNoSecretInFiles(): void {
    const forms = [this.token, Buffer.from(this.token).toString("base64")];
    const files = readdirSync(backendOf(this.dir), { recursive: true, withFileTypes: true }).concat(
      readdirSync(this.dir, { withFileTypes: true }),
    );
    const found = files
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => forms.some((form) => readFileSync(file, "utf8").includes(form)));
    expect(found).toEqual([]);
  }
}

export const succeeded = (result: RunResult): RunResult => {
  expect(result.result, result.diagnostics.map(({ message }) => message).join("\n")).toBe("succeeded");
  return result;
};
