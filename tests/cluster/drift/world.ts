import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import { ClusterApi } from "../../../ops/drift/cluster-api.ts";
import { KubernetesDrift } from "../../../ops/drift/kubernetes.ts";
import type { Engine, RunResult } from "../../../ops/engine.ts";
import type { Json } from "../../../ops/report/diff.ts";
import { type Ended, liftlock, onContext } from "../support/command.ts";
import { Hand } from "./hand.ts";

const root = path.join(import.meta.dirname, "../../..");

/** Planted: no finding, plan, error or ledger entry may hold it. */
export const planted = "planted-secret-4711";

/** A stack with objects of the usual kinds in a namespace of its own, on a cluster that a test or a benchmark hands in. */
export class DriftWorld {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-drift-"));
  readonly namespace = `drift-${path.basename(this.dir).slice(-6).toLowerCase()}`;
  readonly api: ClusterApi;
  readonly hand: Hand;
  readonly #passphrase = "a passphrase that is long enough for everybody";
  readonly #kubeconfig: string;
  readonly #context: string;
  #exported: Json | undefined;

  constructor(kubeconfig: string, context: string) {
    this.#kubeconfig = kubeconfig;
    this.#context = context;
    this.api = new ClusterApi({ kubeconfig });
    this.hand = new Hand(this.api, this.namespace);
    writeFileSync(path.join(this.dir, "package.json"), '{ "type": "module" }\n');
    symlinkSync(path.join(root, "node_modules"), path.join(this.dir, "node_modules"));
    mkdirSync(path.join(this.dir, "home"));
    for (const args of [
      ["init", "-q"],
      ["config", "user.name", "Ada"],
      ["config", "user.email", "ada@example.com"],
    ])
      execFileSync("git", args, { cwd: this.dir });
    this.write();
    // Where the command looks for it.
    mkdirSync(path.join(this.dir, ".liftlock"));
    writeFileSync(path.join(this.dir, ".liftlock", "passphrase"), `${this.#passphrase}\n`, { mode: 0o600 });
    const program = path.relative(this.dir, path.join(import.meta.dirname, "program.ts"));
    writeFileSync(path.join(this.dir, "index.ts"), `export { default } from ${JSON.stringify(program)};\n`);
  }

  /** The settings; `drift` are those of the application. */
  write(drift: Json = {}): void {
    const image = "registry.example.com/shop/api";
    const application = { name: "shop", promotion: { path: ["live"] }, services: [{ name: "api", kind: "web", image }], drift };
    const project = {
      name: "shop",
      runtime: { name: "nodejs", options: { typescript: false } },
      config: { application: { value: application } },
    };
    writeFileSync(path.join(this.dir, "Pulumi.yaml"), stringify(project, { defaultStringType: "QUOTE_DOUBLE" }));
    writeFileSync(path.join(this.dir, "Pulumi.live.yaml"), stringify({ config: { "shop:namespace": this.namespace } }));
  }

  engine(): Promise<Engine> {
    return createEmbeddedEngine({
      projectDir: this.dir,
      stack: "live",
      // Where the command looks with --context.
      backendDir: path.join(this.dir, ".liftlock", "contexts", encodeURIComponent(this.#context)),
      passphrase: this.#passphrase,
      providers: [kubernetesFactory({ kind: "cluster", kubeconfig: this.#kubeconfig })],
      extraConfig: { "shop:password": { value: planted, secret: true } },
    });
  }

  async up(): Promise<RunResult> {
    const result = await (await this.engine()).up({});
    if (result.result !== "succeeded") throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    this.#exported = undefined;
    return result;
  }

  /** Looks for drift as the command does, in this process. */
  async look(): Promise<KubernetesDrift & { found: Awaited<ReturnType<KubernetesDrift["findings"]>> }> {
    this.#exported ??= await (await this.engine()).export({ showSecrets: true });
    const source = new KubernetesDrift(this.#exported, this.api);
    return Object.assign(source, { found: await source.findings() });
  }

  /** The state changed otherwise than by `up`. */
  forget(): void {
    this.#exported = undefined;
  }

  /** The API as a service account of the namespace sees it. */
  async as(account: string): Promise<ClusterApi> {
    const where = `${this.hand.path("serviceaccounts", account)}/token`;
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 600 } };
    const { status } = (await this.api.call({ method: "POST", path: where, body: request })) as { status: { token: string } };
    const config = parse(readFileSync(this.#kubeconfig, "utf8"));
    for (const user of config.users) user.user = { token: status.token };
    const file = path.join(this.dir, "home", "kubeconfig");
    writeFileSync(file, stringify(config), { mode: 0o600 });
    return new ClusterApi({ kubeconfig: file });
  }

  /** Runs a command line as a person would, but for the terminal. */
  liftlock(args: string, answers?: readonly string[]): Promise<Ended> {
    const env = { ...process.env, KUBECONFIG: this.#kubeconfig, HOME: path.join(this.dir, "home") };
    return liftlock([...args.split(" "), ...onContext(this.#context)], { cwd: this.dir, env, answers });
  }

  async remove(): Promise<void> {
    for (const [kind, name] of [
      ["clusterrolebindings", this.namespace],
      ["clusterroles", this.namespace],
      ["namespaces", this.namespace],
    ] as const)
      await this.hand.remove(kind, name).catch(() => {});
    await this.api.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
