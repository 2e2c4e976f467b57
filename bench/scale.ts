import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createEmbeddedEngine } from "../local/engine/embedded.ts";
import type { ProviderFactory } from "../local/engine/provider.ts";
import { noDiff } from "../local/engine/steps/diff.ts";
import { processorTime } from "./processor-time.ts";

// `node bench/scale.ts [COUNT…]`: what creating, leaving alone, refreshing and destroying so many resources takes: seconds on the clock,
// milliseconds of processor time per resource (user and system, engine and program; other work on the machine counts little there), the
// engine's peak memory and bytes of state written. A provider in memory answers at once, so this is the engine and the program alone; every
// resource holds a secret. Three times the resources should be about three times of everything, and the same of what is counted per resource, to which
// the start adds about a second in all. Each size runs in a process of its own: `--one COUNT`.
const program = `
import * as pulumi from "@pulumi/pulumi";
class Thing extends pulumi.CustomResource {
  constructor(name: string, inputs: object) { super("test:index:Thing", name, inputs); }
}
const count = new pulumi.Config().requireNumber("count");
for (let i = 0; i < count; i++) new Thing("thing-" + i, { size: i, text: "x".repeat(800), token: pulumi.secret("token-" + i), labels: { app: "a", part: "p" + i } });
`;

const inMemory: ProviderFactory = {
  pkg: "test",
  version: "1.0.0",
  checkConfig: async (inputs) => ({ inputs, failures: [] }),
  diffConfig: async () => noDiff,
  configure: async () => ({
    check: async ({ news }) => ({ inputs: news, failures: [] }),
    diff: async ({ oldInputs, newInputs }) => {
      const changes = JSON.stringify(oldInputs) !== JSON.stringify(newInputs);
      return { ...noDiff, changes };
    },
    create: async ({ name, inputs }) => ({ id: name, outputs: inputs }),
    read: async ({ id, inputs, outputs }) => ({ id, inputs: inputs ?? {}, outputs: outputs ?? {} }),
    update: async ({ newInputs }) => ({ outputs: newInputs }),
    delete: async () => {},
    close: async () => {},
  }),
};

/** Bytes that this process writes through file handles: the state, its journal and its history. */
async function countBytes(): Promise<() => number> {
  let bytes = 0;
  const handle = await open(os.devNull, "w");
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  for (const name of ["writeFile", "appendFile"] as const) {
    const original = prototype[name];
    prototype[name] = function (this: typeof handle, text, ...rest) {
      bytes += Buffer.byteLength(text as string);
      return original.call(this, text, ...rest);
    } as typeof original;
  }
  await handle.close();
  return () => bytes;
}

async function one(count: number): Promise<void> {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "liftlock-scale-")));
  try {
    symlinkSync(path.resolve(import.meta.dirname, "../node_modules"), path.join(dir, "node_modules"));
    writeFileSync(path.join(dir, "package.json"), '{ "type": "module" }');
    writeFileSync(path.join(dir, "Pulumi.yaml"), "name: scale\nruntime: nodejs\n");
    writeFileSync(path.join(dir, "Pulumi.dev.yaml"), "config: {}\n");
    writeFileSync(path.join(dir, "index.ts"), program);
    mkdirSync(path.join(dir, "backend"));
    const bytes = await countBytes();
    const onEvent = () => {}; // somebody watches, as at every terminal
    const engine = await createEmbeddedEngine({
      projectDir: dir,
      stack: "dev",
      backendDir: path.join(dir, "backend"),
      passphrase: "scale",
      providers: [inMemory],
      extraConfig: { "scale:count": { value: String(count), secret: false } },
    });
    const row: Record<string, string | number> = { resources: count };
    const runs = {
      create: () => engine.up({ onEvent }),
      "up again": () => engine.up({ onEvent }),
      refresh: () => engine.refresh({ onEvent }),
      destroy: () => engine.destroy({ onEvent }),
    };
    for (const [name, run] of Object.entries(runs)) {
      const before = bytes();
      const began = processorTime();
      const { result, durationSeconds } = await run();
      if (result !== "succeeded") throw new Error(`${name}: ${result}`);
      row[`${name}, s`] = durationSeconds.toFixed(1);
      row[`${name}, ms CPU each`] = (((processorTime() - began) * 1000) / count).toFixed(1);
      row[`${name}, MB`] = ((bytes() - before) / 1e6).toFixed(1);
      if (name === "create") row["state, MB"] = (statSync(path.join(dir, "backend/.pulumi/stacks/scale/dev.json")).size / 1e6).toFixed(1);
    }
    row["peak, MB"] = Math.round(process.resourceUsage().maxRSS / 1024);
    console.log(JSON.stringify(row));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
if (args[0] === "--one") await one(Number(args[1]));
else {
  const { execa } = await import("execa");
  const rows: object[] = [];
  for (const count of args.length > 0 ? args : ["100", "1000", "3000"]) {
    const { stdout } = await execa(process.execPath, [import.meta.filename, "--one", count], { stderr: "inherit" });
    rows.push(JSON.parse(stdout) as object);
  }
  console.table(rows);
}
