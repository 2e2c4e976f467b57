import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { Engine, HistoryEntry, RunOptions, RunResult } from "../../ops/engine.ts";
import { configurationOf, readRelease } from "../../ops/promotion/configuration.ts";
import { writtenSettings } from "../components/support.ts";
import { Kept } from "../ledger/kept.ts";
import { fakeEngine, liftlock, type World } from "../ops/support/harness.ts";
// Commands are loaded when they run: not within the time that a test has.
import "../../ops/commands/rollback.ts";
import "../../ops/commands/up.ts";
import "../../ops/notify/outbox.ts";

export const release = (version: string, more: object = {}) => ({
  ...writtenSettings("ferry", "staging").release,
  version,
  ...more,
});

type End = RunResult["result"];

/** One environment with a settings file of its own, and an engine that remembers what it was brought to. No cluster. */
export class StandIn {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-stand-in-"));
  readonly book = new Kept();
  readonly history: HistoryEntry[] = [];
  /** How the next runs end; those after them get through. */
  readonly ends: End[] = [];
  /** Exported beside the release. */
  exported: Record<string, unknown> = {};
  #outputs: Record<string, unknown> = {};
  readonly #settings = writtenSettings("ferry", "staging");

  constructor() {
    const config = { application: { value: this.#application } };
    writeFileSync(path.join(this.dir, "Pulumi.yaml"), stringify({ name: "ferry", runtime: "nodejs", config }));
  }

  get #application() {
    return { ...this.#settings.application, promotion: { path: ["staging"] } };
  }

  write(version: string, more: object = {}): void {
    const config = { "ferry:environment": this.#settings.environment, "ferry:release": release(version, more) };
    writeFileSync(this.file, stringify({ config }));
  }

  get file(): string {
    return path.join(this.dir, "Pulumi.staging.yaml");
  }
  get version(): string {
    return parse(readFileSync(this.file, "utf8")).config["ferry:release"].version;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  run(line: string, more: Partial<World> = {}) {
    const engine = { ...fakeEngine(), ...this.#engine() };
    return liftlock(line, { engine, ledger: this.book, stacks: ["staging"], dir: this.dir, ...more });
  }

  async #config(): Promise<Record<string, string>> {
    const { config } = parse(readFileSync(this.file, "utf8")) as { config: Record<string, unknown> };
    const all = { "ferry:application": this.#application, ...config };
    return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, JSON.stringify(value)]));
  }

  #engine(): Partial<Engine> {
    return {
      config: () => this.#config(),
      outputs: async () => ({ ...this.#outputs, ...this.exported }),
      history: async () => [...this.history],
      up: async ({ configuration, message = "" }: RunOptions) => {
        const config = configuration ?? configurationOf(await this.#config());
        const result = this.ends.shift() ?? "succeeded";
        const at = new Date().toISOString();
        this.history.unshift({
          version: this.history.length + 1,
          kind: "update",
          startTime: at,
          endTime: at,
          message,
          result: result === "succeeded" ? "succeeded" : "failed",
          environment: {},
          config,
          resourceChanges: { update: 1 },
        });
        if (result === "succeeded") {
          const live = readRelease(config["ferry:release"]?.objectValue)!;
          this.#outputs = { namespace: "ferry", release: live };
        }
        const diagnostics: RunResult["diagnostics"] = result === "failed" ? [{ severity: "error", message: "quota exceeded" }] : [];
        return { result, steps: [], changeSummary: { update: 1 }, outputs: this.#outputs, durationSeconds: 1, diagnostics, timings: {} };
      },
    };
  }
}
