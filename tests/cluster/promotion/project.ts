import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppsV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { execa } from "execa";
import { inject } from "vitest";
import { stringify } from "yaml";
import { stackLayout } from "../../../local/engine/backend/layout.ts";
import { acquireLock } from "../../../local/engine/backend/lock.ts";
import { findWorld } from "../../../local/world.ts";
import type { HappeningOf, LedgerEvent } from "../../../ops/ledger/event.ts";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { liftlock as command, type Ended, onContext } from "../support/command.ts";

const root = path.join(import.meta.dirname, "../../..");
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const tool = `registry.example.com/tools/curl:8@${digest("e")}`;

export interface Release {
  version: string;
  commit: string;
  schemaVersion?: string;
  migrations?: { name: string; kind: string }[];
  images: Record<string, string>;
}
/** A release of the two services; `api` names the image that misbehaves, if any. */
export const release = (version: string, api = "", more: Partial<Release> = {}): Release => ({
  version,
  commit: version.replaceAll(/\D/g, "").padEnd(40, "a"),
  images: {
    web: `registry.example.com/shop/web:${version}@${digest("1")}`,
    api: `registry.example.com/shop/api:${version}${api === "" ? "" : `-${api}`}@${digest("2")}`,
  },
  ...more,
});

/** A small application of two services in a folder, a repository and namespaces of its own, worked on with the command itself. */
export class Project {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-promotion-"));
  readonly stacks = ["lower", "upper"] as const;
  readonly #id = path.basename(this.dir).slice(-6).toLowerCase();
  readonly #context: string;
  readonly #database: boolean;
  readonly #settle: string | undefined;

  /** `settle: "default"`: the product's own. */
  constructor({ database = false, settle = "1s" }: { database?: boolean; settle?: string } = {}) {
    this.#database = database;
    this.#settle = settle === "default" ? undefined : settle;
    const config = new KubeConfig();
    config.loadFromFile(inject("controlPlane").kubeconfig);
    this.#context = config.getCurrentContext();
    writeFileSync(path.join(this.dir, "package.json"), '{ "type": "module" }\n');
    writeFileSync(
      path.join(this.dir, "index.ts"),
      `export { default } from ${JSON.stringify(path.relative(this.dir, path.join(root, "index.ts")))};\n`,
    );
    symlinkSync(path.join(root, "node_modules"), path.join(this.dir, "node_modules"));
    mkdirSync(path.join(this.dir, "home"));
    this.writeApplication();
    for (const stack of this.stacks) this.write(stack, release("1.0.0"));
  }

  /** A commit of everything as it is now; returns its id. */
  async commit(message: string): Promise<string> {
    await execa("git", ["commit", "-q", "--allow-empty", "-m", message], { cwd: this.dir });
    return (await execa("git", ["rev-parse", "HEAD"], { cwd: this.dir })).stdout;
  }

  async init(): Promise<this> {
    const git = (...args: string[]) => execa("git", args, { cwd: this.dir });
    await git("init", "-q", "-b", "main");
    await git("config", "user.name", "Ada");
    await git("config", "user.email", "ada@example.com");
    return this;
  }

  namespace(stack: string): string {
    return `shop-${stack}-${this.#id}`;
  }
  stackFile(stack: string): string {
    return path.join(this.dir, `Pulumi.${stack}.yaml`);
  }
  readStackFile(stack: string): string {
    return readFileSync(this.stackFile(stack), "utf8");
  }

  writeApplication(change: Record<string, unknown> = {}): void {
    const service = (name: string) => ({
      name,
      kind: "web",
      image: `registry.example.com/shop/${name}`,
      config: name === "api" ? ["api"] : [],
      secrets: name === "api" && this.#database ? ["database"] : [],
      ...(this.#settle === undefined ? {} : { settle: this.#settle }),
      progress: this.#settle === undefined ? "30s" : "8s",
    });
    const application = {
      name: "shop",
      promotion: { path: [...this.stacks] },
      services: [service("web"), service("api")],
      config: { api: { keys: { LEVEL: {} } } },
      ...(this.#database
        ? {
            secrets: { database: { keys: { DATABASE_URL: { format: "postgresql-url" } } } },
            database: {
              kind: "postgresql",
              secret: "DATABASE_URL",
              tools: tool,
              migration: { service: "api", command: ["migrate"] },
            },
          }
        : {}),
      smoke: { image: tool, checks: [{ service: "api", path: "/" }] },
      ...change,
    };
    const project = {
      name: "shop",
      runtime: { name: "nodejs", options: { typescript: false } },
      config: { application: { value: application } },
    };
    writeFileSync(path.join(this.dir, "Pulumi.yaml"), stringify(project));
  }

  write(stack: string, wanted: Release, { level = "info", min = 2, cpu }: { level?: string; min?: number; cpu?: string } = {}): void {
    const amounts = (more: object) => ({ memory: "64Mi", ephemeralStorage: "64Mi", ...more });
    const environment = {
      namespace: this.namespace(stack),
      host: `${stack}-${this.#id}.shop.example.com`,
      cluster: { identifier: "shared", version: "1.36" },
      gateway: { name: "public", namespace: "gateway" },
      protect: false,
      defaults: {
        replicas: { min, max: min + 1 },
        ...(cpu === undefined ? {} : { resources: { requests: amounts({ cpu }), limits: amounts({ cpu }) } }),
      },
      config: { api: { LEVEL: level } },
      ...(this.#database
        ? { database: { cidrs: ["10.20.0.0/24"], data: "synthetic", backup: { schedule: "0 2 * * *", size: "1Gi" } } }
        : {}),
    };
    const text = stringify({ config: { "shop:environment": environment, "shop:release": wanted } }, { lineWidth: 0 });
    writeFileSync(this.stackFile(stack), `# of the team\n${text}`);
  }

  get env(): Record<string, string | undefined> {
    return { ...process.env, KUBECONFIG: inject("controlPlane").kubeconfig, HOME: path.join(this.dir, "home") };
  }

  /** Runs a command line as a person would, but for the terminal. */
  liftlock(args: string, answers?: readonly string[], interrupt?: (press: () => void) => void): Promise<Ended> {
    return command([...args.split(" "), ...onContext(this.#context)], { cwd: this.dir, env: this.env, answers, interrupt });
  }

  /** Holds a stack, as another run does. */
  hold(stack: string): Promise<{ release(): Promise<void> }> {
    return acquireLock(stackLayout(findWorld(this.dir).backendDir(this.#context), "shop", stack));
  }

  /** Begins a command that can be interrupted as by Ctrl-C. */
  interruptible(args: string): { interrupt: () => void; ended: Promise<Ended> } {
    const handlers: (() => void)[] = [];
    const ended = this.liftlock(args, undefined, (press) => void handlers.push(press));
    return {
      ended,
      interrupt: () => {
        for (const press of handlers) press();
      },
    };
  }

  async ledger(): Promise<LedgerEvent[]> {
    return (await (await openLedger({ projectDir: this.dir, local: true })).read()).events;
  }
  async entries<K extends LedgerEvent["what"]["kind"]>(kind: K): Promise<HappeningOf<K>[]> {
    return (await this.ledger()).flatMap(({ what }) => (what.kind === kind ? [what as HappeningOf<K>] : []));
  }

  get config(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(inject("controlPlane").kubeconfig);
    return config;
  }
  async image(stack: string, name: string): Promise<string | undefined> {
    const deployment = await this.config.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace: this.namespace(stack), name });
    return deployment.spec?.template.spec?.containers[0]?.image;
  }

  async paused(stack: string, name: string): Promise<boolean> {
    const deployment = await this.config.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace: this.namespace(stack), name });
    return deployment.spec?.paused ?? false;
  }

  /** Watches how few replicas of a service are available, from now until the returned function is called. */
  watchAvailable(stack: string, name: string): () => Promise<number> {
    const apps = this.config.makeApiClient(AppsV1Api);
    let fewest = Number.POSITIVE_INFINITY;
    let stop = false;
    const watching = (async () => {
      while (!stop) {
        const { status } = await apps.readNamespacedDeployment({ namespace: this.namespace(stack), name });
        fewest = Math.min(fewest, status?.availableReplicas ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    return async () => {
      stop = true;
      await watching;
      return fewest;
    };
  }

  /** Somebody else's hand: gives a running service an image that misbehaves. */
  async spoil(stack: string, name: string, word: string): Promise<void> {
    const apps = this.config.makeApiClient(AppsV1Api);
    const namespace = this.namespace(stack);
    const deployment = await apps.readNamespacedDeployment({ namespace, name });
    const { name: container, image } = deployment.spec!.template.spec!.containers[0]!;
    const body = { spec: { template: { spec: { containers: [{ name: container, image: image!.replace("@", `-${word}@`) }] } } } };
    const strategic = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    await apps.patchNamespacedDeployment({ namespace, name, body }, strategic);
  }

  async remove(): Promise<void> {
    const core = this.config.makeApiClient(CoreV1Api);
    for (const stack of this.stacks) await core.deleteNamespace({ name: this.namespace(stack) }).catch(() => {});
    rmSync(this.dir, { recursive: true, force: true });
  }
}
