import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadProject, loadStackConfig } from "../../local/engine/project.ts";
import type { Engine } from "../../ops/engine.ts";
import { pulumiSelector } from "../../ops/pulumi/select.ts";
import type { Recording } from "./stand-in/replay.ts";

const here = import.meta.dirname;
export const STAND_IN = path.join(here, "stand-in/pulumi");
const RECORDED = path.join(here, "reference");

export const recordedEvents = (name: string): never[] =>
  readFileSync(path.join(RECORDED, `${name}.up.jsonl`), "utf8")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as never]));
export const recordedJson = (name: string) => JSON.parse(readFileSync(path.join(RECORDED, name), "utf8"));

export interface Asked {
  readonly argv: readonly string[];
  readonly config?: { file: string; text: string };
}

/** The recorded program's folder and a backend of its own, with the stand-in for the CLI. */
export class World {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-driver-"));
  readonly backendDir = path.join(this.dir, "backend");
  readonly #log = path.join(this.dir, "asked.jsonl");
  readonly env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: this.dir,
    PULUMI_COMMAND: STAND_IN,
    PULUMI_BACKEND_URL: `file://${this.backendDir}`,
    PULUMI_CONFIG_PASSPHRASE: "conformance",
    KUBECONFIG: path.join(this.dir, "no-kubeconfig"),
    STAND_IN_LOG: this.#log,
  };

  constructor() {
    cpSync(path.join(here, "project"), this.dir, { recursive: true });
    mkdirSync(this.backendDir);
  }

  /** What the next runs of the CLI are. */
  script(...recordings: Recording[]): this {
    const file = path.join(this.dir, "script.json");
    writeFileSync(file, JSON.stringify(recordings));
    for (const { events, state } of recordings)
      for (const name of [events, state]) if (name !== undefined) cpSync(path.join(RECORDED, name), path.join(this.dir, name));
    this.env.STAND_IN_SCRIPT = file;
    return this;
  }

  get checkpointFile(): string {
    return path.join(this.backendDir, ".pulumi/stacks/conformance/dev.json");
  }
  /** The stack as a recorded step left it; nothing: as `pulumi stack init` does. */
  stack(state?: string): this {
    mkdirSync(path.dirname(this.checkpointFile), { recursive: true });
    const text = state === undefined ? '{"version":3,"checkpoint":{}}' : readFileSync(path.join(RECORDED, `${state}.state.json`));
    writeFileSync(this.checkpointFile, text);
    return this;
  }

  async engine(): Promise<Engine> {
    const project = await loadProject(this.dir);
    const select = pulumiSelector({ cwd: this.dir, env: this.env }, undefined);
    const files = {
      name: project.name,
      file: project.file,
      stacks: project.stacks(),
      stackFile: (stack: string) => project.stackFile(stack),
      declared: async (stack: string) =>
        Object.fromEntries(Object.entries(await loadStackConfig(project, stack)).map(([k, { value }]) => [k, value])),
    };
    return (await select({ projectDir: this.dir, stack: "dev", cluster: "none" }, files)).engine;
  }

  /** Every command line that the CLI saw. */
  asked(command?: string): Asked[] {
    if (!existsSync(this.#log)) return [];
    const all = readFileSync(this.#log, "utf8").trimEnd().split("\n");
    return all.map((line) => JSON.parse(line) as Asked).filter(({ argv }) => command === undefined || argv[0] === command);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
