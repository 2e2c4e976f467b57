// Runs one `up` in a process of its own whose cloud lives in a folder, so that a test can kill it at any moment.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import type { ProviderFactory } from "../../../local/engine/provider.ts";
import { noDiff } from "../../../local/engine/steps/diff.ts";
import type { PropertyMap } from "../../../local/engine/values.ts";

/**
 * A cloud of files. It marks its objects as ours; it finds again what an interrupted create with the same
 * inputs made. `hold` names a call after which it waits for ever.
 */
export function folderFactory(dir: string, hold?: string): ProviderFactory {
  mkdirSync(dir, { recursive: true });
  const file = (id: string) => path.join(dir, id);
  const reached = async (call: string) => {
    writeFileSync(path.join(dir, "..", "reached"), call, { flag: "a" });
    if (call === hold) {
      console.log(`HOLDING ${call}`);
      await new Promise(() => setInterval(() => {}, 1000));
    }
  };
  const read = (id: string): PropertyMap | undefined => (existsSync(file(id)) ? JSON.parse(readFileSync(file(id), "utf8")) : undefined);
  return {
    pkg: "test",
    version: "1.0.0",
    checkConfig: async (inputs) => ({ inputs, failures: [] }),
    diffConfig: async () => noDiff,
    configure: async () => ({
      check: async ({ name, news, oldInputs, randomSeed }) => ({
        inputs: { ...news, label: oldInputs?.label ?? `${name}-${Buffer.from(randomSeed).toString("hex").slice(0, 7)}` },
        failures: [],
      }),
      diff: async ({ oldInputs, newInputs }) => {
        const changes = JSON.stringify(oldInputs.size) !== JSON.stringify(newInputs.size);
        return { ...noDiff, changes, diffs: changes ? ["size"] : [] };
      },
      create: async ({ name, inputs, preview }) => {
        if (preview) return { id: "", outputs: inputs };
        const id = String(inputs.label);
        if (existsSync(file(id))) throw new Error(`${id} already exists`);
        writeFileSync(file(id), JSON.stringify(inputs));
        await reached(`create ${name}`);
        return { id, outputs: inputs };
      },
      find: async ({ inputs }) => {
        const id = String(inputs.label);
        return isDeepStrictEqual(read(id), inputs) ? { id, outputs: inputs } : undefined;
      },
      read: async ({ id }) => {
        const inputs = read(id);
        return inputs && { id, inputs, outputs: inputs };
      },
      update: async ({ id, name, newInputs, preview }) => {
        if (preview) return { outputs: newInputs };
        writeFileSync(file(id), JSON.stringify(newInputs));
        await reached(`update ${name}`);
        return { outputs: newInputs };
      },
      delete: async ({ id, name }) => {
        rmSync(file(id), { force: true });
        await reached(`delete ${name}`);
      },
      close: async () => {},
    }),
  };
}

if (process.argv[1] === import.meta.filename) {
  const [, , projectDir, spec, hold] = process.argv;
  const engine = await createEmbeddedEngine({
    projectDir: projectDir!,
    stack: "dev",
    backendDir: path.join(projectDir!, "backend"),
    passphrase: "test",
    providers: [folderFactory(path.join(projectDir!, "cloud"), hold)],
    extraConfig: { "thing:spec": { value: spec!, secret: false, object: true } },
  });
  const interrupt = new AbortController();
  process.on("SIGINT", () => interrupt.abort());
  const result = await engine.up({ signal: interrupt.signal });
  console.log(result.result, result.diagnostics.map(({ message }) => message).join("\n"));
  process.exit(result.result === "succeeded" ? 0 : 1);
}
