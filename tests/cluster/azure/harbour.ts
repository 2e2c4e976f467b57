import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type ApiConstructor, type ApiType, CoreV1Api, CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { expect, inject } from "vitest";
import { parseDocument, stringify } from "yaml";
import { findWorld } from "../../../local/world.ts";
import { type Ended, liftlock, onContext } from "../support/command.ts";

const root = path.join(import.meta.dirname, "../../..");
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/harbour-rg`;

const administrators = [{ name: "harbour-dba", objectId: "7d2f7f7e-4a52-4a8b-9a55-0f6f4b1f7a02" }];

const platform = {
  azure: {
    location: "westeurope",
    resourceGroup: "harbour-rg",
    registry: { name: "harbour" },
    cluster: { name: "harbour-aks", version: "1.36", pools: { apps: { max: 4 } } },
    monitoring: { name: "harbour", grafana: "harbour" },
    budget: { amount: 100, start: "2026-12-01", contacts: ["ada@example.com"] },
  },
};

const application = {
  name: "harbour",
  promotion: { path: ["quay"] },
  services: [{ name: "web", kind: "web", image: "harbour.azurecr.io/web", secrets: ["database"], settle: "1s" }],
  secrets: { database: { keys: { DATABASE_URL: { format: "postgresql-url" } } } },
  database: { kind: "postgresql", secret: "DATABASE_URL", tools: `docker.io/library/postgres:17@${digest("e")}` },
};

/** An application of one service with a platform on Azure, in a folder and a namespace of its own, worked on with the command itself. */
export class Harbour {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-harbour-"));
  readonly namespace = `harbour-${path.basename(this.dir).slice(-6).toLowerCase()}`;
  /** Where the platform's Gateway is; and the name of its class, which is the whole cluster's. */
  readonly gateway = `${this.namespace}-gateway`;
  readonly #context: string;

  private constructor() {
    const config = new KubeConfig();
    config.loadFromFile(inject("controlPlane").kubeconfig);
    this.#context = config.getCurrentContext();
  }

  static async open(): Promise<Harbour> {
    const harbour = new Harbour();
    const { dir } = harbour;
    const write = (file: string, text: string) => writeFileSync(path.join(dir, file), text);
    write("package.json", '{ "type": "module" }\n');
    write("index.ts", `export { default } from ${JSON.stringify(path.relative(dir, path.join(root, "index.ts")))};\n`);
    symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
    mkdirSync(path.join(dir, "home"));
    const runtime = { name: "nodejs", options: { typescript: false } };
    write("Pulumi.yaml", stringify({ name: "harbour", runtime, config: { application: { value: application } } }));
    write(
      "Pulumi.platform.yaml",
      stringify({ config: { "harbour:platform": harbour.#platform() } }, { defaultStringType: "QUOTE_DOUBLE" }),
    );
    write("Pulumi.quay.yaml", stringify({ config: { "harbour:environment": harbour.#environment(), "harbour:release": release } }));
    await execa("git", ["init", "-q", "-b", "main"], { cwd: dir });
    await execa("git", ["config", "user.name", "Ada"], { cwd: dir });
    await execa("git", ["config", "user.email", "ada@example.com"], { cwd: dir });
    return harbour;
  }

  #platform(): object {
    const gateways = { public: { class: this.gateway, listeners: { http: { port: 80 } } } };
    return { ...platform, gateway: { namespace: this.gateway, classes: { [this.gateway]: { replicas: 2 } }, gateways } };
  }

  #environment(): object {
    return {
      namespace: this.namespace,
      host: `${this.namespace}.example.com`,
      cluster: { identifier: "harbour-aks", version: "1.36" },
      gateway: { name: "public", namespace: this.gateway },
      protect: false,
      defaults: { replicas: { min: 1, max: 2 } },
      database: { cidrs: ["10.40.1.0/24"], data: "synthetic", tenancy: "dedicated" },
      azure: {
        platform: "platform",
        tier: "low",
        database: { name: "harbour-db", administrators },
        vault: { name: "harbour-vault" },
        redis: { name: "harbour-cache" },
      },
    };
  }

  set(stack: string, key: readonly string[], value: unknown): void {
    const file = path.join(this.dir, `Pulumi.${stack}.yaml`);
    const document = parseDocument(readFileSync(file, "utf8"));
    document.setIn(["config", ...key], value);
    writeFileSync(file, document.toString({ lineWidth: 0 }));
  }

  run(line: string): Promise<Ended> {
    return liftlock([...line.split(" "), ...onContext(this.#context)], {
      cwd: this.dir,
      env: { ...process.env, KUBECONFIG: inject("controlPlane").kubeconfig, HOME: path.join(this.dir, "home") },
      now: () => new Date(),
    });
  }
  /** It ends with `exitCode`; all that it printed. */
  async said(line: string, exitCode = 0): Promise<string> {
    const ended = await this.run(line);
    const text = `${ended.out}\n${ended.err}`;
    expect(ended.exitCode, `${line}\n${text}`).toBe(exitCode);
    return text;
  }

  /** Folder of the local world's Azure. */
  get azure(): string {
    return path.join(findWorld(this.dir).backendDir(this.#context), "azure");
  }
  file(id: string): string {
    return path.join(this.azure, `${id}.json`);
  }
  ids(): string[] {
    if (!existsSync(this.azure)) return [];
    return readdirSync(this.azure, { recursive: true, encoding: "utf8" })
      .flatMap((file) => (file.endsWith(".json") ? [`/${file.slice(0, -".json".length)}`] : []))
      .sort();
  }
  // biome-ignore lint/suspicious/noExplicitAny: an object as Azure shows it
  properties(id: string): any {
    return JSON.parse(readFileSync(this.file(id), "utf8")).properties;
  }
  /** Somebody's hand in the portal. */
  change(id: string, properties: object): void {
    const stored = JSON.parse(readFileSync(this.file(id), "utf8"));
    writeFileSync(this.file(id), JSON.stringify({ ...stored, properties: { ...stored.properties, ...properties } }));
  }
  /** What another Azure has, made by other means there. */
  found(other: Harbour, ids: readonly string[]): void {
    for (const id of ids) {
      mkdirSync(path.dirname(this.file(id)), { recursive: true });
      cpSync(other.file(id), this.file(id));
      const { urn: _, ...stored } = JSON.parse(readFileSync(this.file(id), "utf8"));
      writeFileSync(this.file(id), JSON.stringify(stored));
    }
  }

  #client<T extends ApiType>(kind: ApiConstructor<T>): T {
    const config = new KubeConfig();
    config.loadFromFile(inject("controlPlane").kubeconfig);
    return config.makeApiClient(kind);
  }
  core = (): CoreV1Api => this.#client(CoreV1Api);
  objects = (): CustomObjectsApi => this.#client(CustomObjectsApi);
  readonly gatewayClass = { group: "gateway.networking.k8s.io", version: "v1", plural: "gatewayclasses", name: this.gateway };

  async remove(): Promise<void> {
    const going = [this.namespace, this.gateway].map((name) => this.core().deleteNamespace({ name }));
    await Promise.allSettled([...going, this.objects().deleteClusterCustomObject(this.gatewayClass)]);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const release = {
  version: "1.0.0",
  commit: "a".repeat(40),
  images: { web: `harbour.azurecr.io/web:1.0.0@${digest("1")}` },
};
