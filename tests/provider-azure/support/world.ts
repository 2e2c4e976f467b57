import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { CheckFailure, DiffResult } from "../../../local/engine/provider.ts";
import { parsePath } from "../../../local/engine/steps/property-path.ts";
import type { PropertyMap, Value } from "../../../local/engine/values.ts";
import { idOf } from "../../../local/providers/azure-native/arm-id.ts";
import { parentOf } from "../../../local/providers/azure-native/arm-rules.ts";
import { azureNativeFactory } from "../../../local/providers/azure-native/index.ts";
import { classOf } from "../../../local/providers/azure-native/schema/classes.ts";
import { checkRequest } from "./requests.ts";
import { SUBSCRIPTION } from "./samples.ts";

/** A copy with another value at a path. */
export function withAt(inputs: PropertyMap, at: string, value: Value): PropertyMap {
  const copy = structuredClone(inputs);
  const steps = parsePath(at);
  const last = steps.pop()!;
  // biome-ignore lint/suspicious/noExplicitAny: any place in any object
  const around = steps.reduce<any>((inner, step) => (inner[step] ??= {}), copy);
  around[last] = value;
  return copy;
}

/** What state keeps of an object. */
export interface Held {
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
}

/** The stand-in in a folder of its own, spoken to as the engine does; `key` is a class such as `keyvault:Vault`. */
export async function openWorld() {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-arm-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const provider = await azureNativeFactory({ kind: "stand-in", dir }).configure({ subscriptionId: SUBSCRIPTION });
  const about = (key: string, name = "it") => {
    const { urn, type, signal, log } = checkRequest(key, {});
    return { urn: urn.replace(/it$/, name), type, name, signal, log };
  };
  const file = (id: string): string => path.join(dir, `${id}.json`);
  const checked = async (key: string, news: PropertyMap, oldInputs?: PropertyMap): Promise<PropertyMap> => {
    const { inputs, failures } = await provider.check(checkRequest(key, news, oldInputs && { oldInputs }));
    if (failures.length > 0) throw new Error(said(failures));
    return inputs;
  };
  return {
    dir,
    file,
    exists: (id: string): boolean => existsSync(file(id)),
    ids: (): string[] =>
      readdirSync(dir, { recursive: true, encoding: "utf8" }).flatMap((found) =>
        found.endsWith(".json") ? [`/${found.slice(0, -5)}`] : [],
      ),
    stored: (id: string): { properties: PropertyMap } => JSON.parse(readFileSync(file(id), "utf8")),
    idOf: (key: string, inputs: PropertyMap): string => idOf(classOf(`azure-native:${key}`)!, inputs, SUBSCRIPTION)!,
    /** Writes an object as a person would, by its id alone. */
    byHand(id: string, properties: PropertyMap = {}, type = ""): void {
      mkdirSync(path.dirname(file(id)), { recursive: true });
      writeFileSync(file(id), JSON.stringify({ id, type, properties }));
    },
    /** Everything that an object is in, by hand. */
    parents(id: string): void {
      for (let parent = parentOf(id); parent !== undefined; parent = parentOf(parent)) if (!existsSync(file(parent))) this.byHand(parent);
      const group = id.split("/").slice(0, 5).join("/");
      if (group !== id && !existsSync(file(group))) this.byHand(group);
    },
    async create(key: string, news: PropertyMap, name?: string): Promise<Held> {
      const inputs = await checked(key, news);
      return { inputs, ...(await provider.create({ ...about(key, name), inputs, timeoutSeconds: undefined, preview: false })) };
    },
    async diff(key: string, held: Held, news: PropertyMap): Promise<DiffResult> {
      const newInputs = await checked(key, news, held.inputs);
      const { id, inputs: oldInputs, outputs: oldOutputs } = held;
      return provider.diff({ ...about(key), id, oldInputs, oldOutputs, newInputs, ignoreChanges: [] });
    },
    async update(key: string, held: Held, news: PropertyMap): Promise<Held> {
      const newInputs = await checked(key, news, held.inputs);
      const { id, inputs: oldInputs, outputs: oldOutputs } = held;
      const more = { ignoreChanges: [], timeoutSeconds: undefined, preview: false };
      const { outputs } = await provider.update({ ...about(key), id, oldInputs, oldOutputs, newInputs, ...more });
      return { id, inputs: newInputs, outputs };
    },
    /** With what state knows: a refresh; by its id alone: an import. */
    read: (key: string, { id, ...known }: Pick<Held, "id"> & Partial<Held>) => provider.read({ ...about(key), id, ...known }),
    remove: (key: string, { id, inputs, outputs }: Held) =>
      provider.delete({ ...about(key), id, inputs, outputs, timeoutSeconds: undefined }),
  };
}

export const said = (failures: readonly CheckFailure[]): string =>
  failures.map(({ property, reason }) => `${property} ${reason}`).join("; ");
