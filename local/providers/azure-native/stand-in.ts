import { type Provider, ProviderError } from "../../engine/provider.ts";
import { isMap, type PropertyMap, Secret, type Value } from "../../engine/values.ts";
import { idOf, inputsOf } from "./arm-id.ts";
import { deletedVault, needFreeName, needNotDeleted, needParents, needUnlocked, needUnused } from "./arm-rules.ts";
import { check } from "./check.ts";
import { diff } from "./diff.ts";
import { type InvokeTarget, invoke } from "./invokes.ts";
import { merged, outputsOf, previewOutputs } from "./outputs.ts";
import { readInputs } from "./read-inputs.ts";
import { classOf } from "./schema/classes.ts";
import { Store, type Stored } from "./store.ts";

/** The provider over a folder of files instead of Azure. Objects live, change and go as there; nothing runs behind them. */
export function standInProvider(dir: string, target: InvokeTarget): Provider {
  const store = new Store(dir);
  const write = (type: string, id: string, urn: string, inputs: PropertyMap): { id: string; outputs: PropertyMap } => {
    const outputs = outputsOf(type, id, inputs, target);
    store.write({ id, type, urn, properties: withoutSecrets(outputs) as PropertyMap });
    return { id, outputs };
  };
  const keepDeleted = (vault: Stored): void => store.write({ ...vault, id: deletedVault(vault) });
  return {
    check: async (request) => check(request),
    diff,
    create: async ({ type, urn, name, inputs, preview }) => {
      if (preview) return { id: "", outputs: previewOutputs(type, inputs, undefined) };
      const id = idOf(classOf(type)!, inputs, target.subscriptionId)!;
      if (store.read(id) !== undefined)
        throw new ProviderError(`${id} exists already. Adopt it: liftlock import STACK --type ${type} --name ${name} --id '${id}'`);
      needParents(store, id);
      needUnlocked(store, id, "write");
      needFreeName(store, type, id);
      needNotDeleted(store, type, id);
      return write(type, id, urn, inputs);
    },
    find: async ({ type, urn, inputs }) => {
      const id = idOf(classOf(type)!, inputs, target.subscriptionId)!;
      return store.read(id)?.urn === urn ? write(type, id, urn, inputs) : undefined;
    },
    read: async ({ type, id, inputs, outputs }) => {
      if (inputsOf(classOf(type)!, id) === undefined)
        throw new ProviderError(`${id} is no id of ${type}, which looks like ${classOf(type)!.path}`);
      const stored = store.read(id);
      if (stored === undefined) return undefined;
      const before = inputs === undefined || outputs === undefined || Object.keys(inputs).length === 0 ? undefined : { inputs, outputs };
      const live = before === undefined ? stored.properties : remembered(stored.properties, before.outputs);
      const named = { ...readInputs(type, id, live, before) };
      return { id, inputs: named, outputs: merged(outputsOf(type, id, named, target), live) as PropertyMap };
    },
    update: async ({ type, urn, name, id, newInputs, oldOutputs, preview }) => {
      if (preview) return { outputs: previewOutputs(type, newInputs, oldOutputs) };
      if (store.read(id) === undefined)
        throw new ProviderError(`${name} is gone: ${id} was deleted by hand. Run again with --refresh, and it is made anew.`);
      needUnlocked(store, id, "write");
      return { outputs: write(type, id, urn, newInputs).outputs };
    },
    delete: async ({ id, type }) => {
      needUnlocked(store, id, "delete");
      needUnused(store, type, id);
      const going = store.read(id);
      if (going === undefined) return;
      for (const vault of [going, ...store.below(id)].filter((one) => one.type === "azure-native:keyvault:Vault")) keepDeleted(vault);
      store.delete(id);
    },
    invoke: async ({ token, args }) => invoke(token, args, { ...target, store }),
    close: async () => {},
  };
}

/** Azure gives no secret back: neither does the stand-in, which has none to give. */
function withoutSecrets(value: Value): Value | undefined {
  if (value instanceof Secret) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item) ?? null);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const shown = withoutSecrets(item);
      return shown === undefined ? [] : [[key, shown]];
    }),
  );
}

/** What is live, and of the secrets that it does not show those that state knows. */
function remembered(live: Value | undefined, before: Value | undefined): PropertyMap {
  const fill = (now: Value | undefined, old: Value | undefined): Value | undefined => {
    if (old instanceof Secret) return now === undefined || now === null ? old : new Secret(fill(now, old.value) ?? null);
    if (Array.isArray(now) && Array.isArray(old)) return now.map((item, index) => fill(item, old[index]) ?? null);
    if (!isMap(now) || !isMap(old)) return now;
    const keys = new Set([...Object.keys(now), ...Object.keys(old)]);
    return Object.fromEntries(
      [...keys].flatMap((key) => {
        const value = fill(now[key], old[key]);
        return value === undefined ? [] : [[key, value]];
      }),
    );
  };
  return fill(live, before) as PropertyMap;
}
