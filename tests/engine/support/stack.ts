import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished, vi } from "vitest";
import { createEmbeddedEngine, type EmbeddedOptions } from "../../../local/engine/embedded.ts";
import type { Engine, EngineEvent, RunResult } from "../../../ops/engine.ts";
import { FakeCloud, fakeFactory } from "./fake-provider.ts";
import type { Declared } from "./program.ts";

// Every run is a process of its own: on a busy machine a few of them take their time.
vi.setConfig({ testTimeout: 60_000 });

const repository = path.resolve(import.meta.dirname, "../../..");

export interface Spec {
  resources?: Declared[];
  outputs?: Record<string, unknown>;
  references?: string[];
  log?: string[];
  fail?: string;
  crash?: string;
}

/** A project in a folder of its own: the spec program, and stacks whose specs a test sets. */
export class TestProject {
  readonly dir: string;
  readonly backendDir: string;
  readonly cloud = new FakeCloud();
  readonly secrets: Record<string, string> = {};

  constructor(program = readFileSync(path.join(import.meta.dirname, "program.ts"), "utf8")) {
    this.dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "liftlock-engine-")));
    onTestFinished(() => rmSync(this.dir, { recursive: true, force: true }));
    this.backendDir = path.join(this.dir, "backend");
    mkdirSync(this.backendDir);
    symlinkSync(path.join(repository, "node_modules"), path.join(this.dir, "node_modules"));
    writeFileSync(path.join(this.dir, "package.json"), '{ "type": "module" }');
    writeFileSync(path.join(this.dir, "Pulumi.yaml"), "name: thing\nruntime: nodejs\n");
    writeFileSync(path.join(this.dir, "index.ts"), program);
    this.addStack("dev");
  }

  addStack(name: string): void {
    writeFileSync(path.join(this.dir, `Pulumi.${name}.yaml`), "config: {}\n");
  }

  async engine(spec: Spec, stack = "dev", more: Partial<EmbeddedOptions> = {}): Promise<Engine> {
    const settings = Object.entries(this.secrets).map(([key, value]) => [`thing:${key}`, { value, secret: true }] as const);
    return createEmbeddedEngine({
      projectDir: this.dir,
      stack,
      backendDir: this.backendDir,
      passphrase: "test",
      providers: [fakeFactory(this.cloud)],
      extraConfig: {
        "thing:spec": { value: JSON.stringify({ resources: [], ...spec }), secret: false, object: true },
        ...Object.fromEntries(settings),
      },
      ...more,
    });
  }

  /** `up`, and fails the test with what was reported when it does not succeed. */
  async up(spec: Spec, options: { stack?: string; refresh?: boolean } = {}): Promise<RunResult> {
    const result = await (await this.engine(spec, options.stack)).up({ refresh: options.refresh });
    return succeeded(result);
  }
  async preview(spec: Spec, options: { refresh?: boolean } = {}): Promise<RunResult> {
    return succeeded(await (await this.engine(spec)).preview(options));
  }

  /** The state file as text. */
  stateText(stack = "dev"): string {
    return readFileSync(path.join(this.backendDir, ".pulumi/stacks/thing", `${stack}.json`), "utf8");
  }
  /** Resources of the state by name, without the stack and providers. */
  resources(stack = "dev"): Map<string, StateResource> {
    const { latest } = (JSON.parse(this.stateText(stack)) as { checkpoint: { latest: { resources?: StateResource[] } } }).checkpoint;
    const own = (latest.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:"));
    return new Map(own.map((resource) => [nameIn(resource.urn), resource]));
  }
  pending(stack = "dev"): { type: string; resource: StateResource }[] {
    return JSON.parse(this.stateText(stack)).checkpoint.latest.pending_operations ?? [];
  }
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  dependencies?: string[];
  delete?: boolean;
  pendingReplacement?: boolean;
  protect?: boolean;
  initErrors?: string[];
  provider?: string;
}

export const nameIn = (urn: string): string => urn.split("::")[3] ?? "";

export function succeeded(result: RunResult): RunResult {
  if (result.result !== "succeeded") throw new Error(`${result.result}: ${result.diagnostics.map(({ message }) => message).join("\n")}`);
  return result;
}

/** Steps as "op name", in order, without the stack. */
export const stepList = (result: RunResult): string[] =>
  result.steps.filter(({ urn }) => !urn.includes("pulumi:pulumi:Stack::")).map(({ op, urn }) => `${op} ${nameIn(urn)}`);

export const errorsOf = (result: RunResult): string =>
  result.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message)
    .join("\n");

export function collect(): { events: EngineEvent[]; onEvent: (event: EngineEvent) => void } {
  const events: EngineEvent[] = [];
  return { events, onEvent: (event) => events.push(event) };
}
