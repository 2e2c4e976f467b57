import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import type { ProviderFactory } from "../../../local/engine/provider.ts";
import type { Engine, RunResult } from "../../../ops/engine.ts";

const folder = path.resolve(import.meta.dirname, "../reference");
const repository = path.resolve(import.meta.dirname, "../../..");

interface ExpectedStep {
  op: string;
  urn: string;
  detailedDiff?: Record<string, { kind: string; inputDiff: boolean }>;
  replaceReasons?: string[];
}
interface ExpectedPreview {
  changeSummary: Record<string, number>;
  config: Record<string, string>;
  steps: ExpectedStep[];
}
interface ExpectedRun {
  resourceChanges: Record<string, number>;
  result: string;
  /** Operation (with "failed " before it), URN, changed paths. */
  steps: [string, string, string[]][];
}

/** What the real CLI did with the recorded programs, taken from its own output. */
export const expected = JSON.parse(readFileSync(path.join(folder, "expected.json"), "utf8")) as {
  previews: Record<string, ExpectedPreview>;
  runs: Record<string, ExpectedRun>;
};

export type StateFile = {
  checkpoint: { latest: { resources?: RecordedResource[]; pending_operations?: { type: string; resource: RecordedResource }[] } };
};
export interface RecordedResource {
  urn: string;
  type: string;
  id?: string;
  custom: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [key: string]: unknown;
}

export const recordedState = (name: string): StateFile =>
  JSON.parse(readFileSync(path.join(folder, "states", `${name}.state.json`), "utf8")) as StateFile;

/** A recorded program in a folder of its own, with a backend that may start from a recorded state. */
export class ReferenceProject {
  readonly dir: string;
  readonly #name: "conformance" | "scenarios";

  constructor(name: "conformance" | "scenarios") {
    this.#name = name;
    this.dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "liftlock-reference-")));
    cpSync(path.join(folder, name === "conformance" ? "program" : "scenarios"), this.dir, { recursive: true });
    symlinkSync(path.join(repository, "node_modules"), path.join(this.dir, "node_modules"));
    writeFileSync(path.join(this.dir, "package.json"), '{ "type": "module" }');
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  startFrom(state: string, stack = "dev"): void {
    const stacks = path.join(this.dir, "backend/.pulumi/stacks", this.#name);
    mkdirSync(stacks, { recursive: true });
    writeFileSync(path.join(this.dir, "backend/.pulumi/meta.yaml"), "version: 1\n");
    cpSync(path.join(folder, "states", `${state}.state.json`), path.join(stacks, `${stack}.json`));
  }

  engine(config: Record<string, string>, providers: ProviderFactory[], stack = "dev"): Promise<Engine> {
    const values = Object.entries(config).map(([key, value]) => [`${this.#name}:${key}`, { value, secret: false }] as const);
    return createEmbeddedEngine({
      projectDir: this.dir,
      stack,
      backendDir: path.join(this.dir, "backend"),
      passphrase: this.#name,
      providers,
      extraConfig: Object.fromEntries(values),
      allowForeign: true,
    });
  }

  state(stack = "dev"): StateFile {
    return JSON.parse(readFileSync(this.#stateFile(stack), "utf8")) as StateFile;
  }

  /** As `pulumi state unprotect --all`. */
  unprotect(stack = "dev"): void {
    const state = this.state(stack);
    for (const resource of state.checkpoint.latest.resources ?? []) delete resource.protect;
    writeFileSync(this.#stateFile(stack), JSON.stringify(state));
  }

  #stateFile(stack: string): string {
    return path.join(this.dir, "backend/.pulumi/stacks", this.#name, `${stack}.json`);
  }
}

/** Steps in the shape and order in which two runs can be compared. */
export function comparable(steps: (ExpectedStep | RunResult["steps"][number])[]): ExpectedStep[] {
  return steps
    .map(({ op, urn, detailedDiff, replaceReasons }) => ({
      op,
      urn,
      ...(detailedDiff && Object.keys(detailedDiff).length > 0 ? { detailedDiff } : {}),
      ...(replaceReasons?.length ? { replaceReasons } : {}),
    }))
    .sort((a, b) => (`${a.urn} ${a.op}` < `${b.urn} ${b.op}` ? -1 : 1));
}
