import { type Provider, ProviderError } from "../../engine/provider.ts";
import { isMap, type PropertyMap, reveal, Secret, type Value } from "../../engine/values.ts";
import { check } from "./check.ts";
import { openSession } from "./client.ts";
import type { Connection } from "./config.ts";
import { diff } from "./diff.ts";
import { failure } from "./failure.ts";
import type { Handler } from "./handler.ts";
import { invoke } from "./invokes/invoke.ts";
import { previewOutputs } from "./preview.ts";
import { readInputs } from "./read-inputs.ts";
import { HANDLERS } from "./resources/index.ts";
import { schemaOf } from "./schema/resource.ts";

/** The provider on a GitHub: a real one or the stand-in. */
export function apiProvider(connection: Connection): Provider {
  const session = openSession(connection);
  const handlerOf = (type: string): Handler => {
    const handler = HANDLERS[type.split(":").at(-1) ?? ""];
    if (handler === undefined) throw new ProviderError(`the embedded engine has no ${type}`);
    return handler;
  };
  const plain = (values: PropertyMap): PropertyMap => {
    const { __defaults: _, __meta: __, ...rest } = reveal(values) as PropertyMap;
    return rest;
  };
  return {
    check: async (request) => check(request),
    diff: (request) =>
      diff(request, {
        async isSameRepository({ newInputs, oldOutputs }) {
          const name = reveal(newInputs.repository ?? "");
          if (typeof name !== "string" || typeof oldOutputs.repositoryId !== "number") return false;
          return session.repository(name).then(
            ({ id }) => id === oldOutputs.repositoryId,
            () => false,
          );
        },
      }),
    async create({ type, name, inputs, preview, signal }) {
      if (preview) return { id: "", outputs: previewOutputs(type, inputs) };
      const handler = handlerOf(type);
      try {
        const { id, outputs } = await handler.create({ session, inputs: plain(inputs), signal });
        return { id, outputs: marked(type, outputs, inputs) };
      } catch (error) {
        throw await failure(error, { type, name, verb: "create" }, session, inputs, handler);
      }
    },
    async update({ type, name, id, newInputs, oldOutputs, ignoreChanges, preview, signal }) {
      if (preview) return { outputs: previewOutputs(type, newInputs, oldOutputs) };
      try {
        const found = await handlerOf(type).update({
          session,
          id,
          inputs: plain(newInputs),
          olds: plain(oldOutputs),
          ignoreChanges,
          signal,
        });
        return { outputs: marked(type, found.outputs, newInputs) };
      } catch (error) {
        throw await failure(error, { type, name, verb: "update" }, session, newInputs);
      }
    },
    async read({ type, name, id, inputs, outputs, signal }) {
      try {
        const found = await handlerOf(type).read({ session, id, olds: plain(outputs ?? {}), signal });
        if (found === undefined) return undefined;
        const live = marked(type, found.outputs, inputs ?? {});
        return { id: found.id, inputs: readInputs(type, live, inputs), outputs: live };
      } catch (error) {
        throw await failure(error, { type, name, verb: "read" }, session, outputs ?? {});
      }
    },
    async delete({ type, name, id, outputs, signal }) {
      try {
        await handlerOf(type).delete({ session, id, olds: plain(outputs), signal });
      } catch (error) {
        throw await failure(error, { type, name, verb: "delete" }, session, outputs);
      }
    },
    async invoke({ token, args }) {
      try {
        return await invoke(session, token, plain(args));
      } catch (error) {
        throw await failure(error, { type: token, name: token.split(":").at(-1) ?? "", verb: "read" }, session, args);
      }
    },
    close: async () => {},
  };
}

/** Outputs with secrets marked: those that are secrets always, and those whose input is one. With the version of the real provider's state. */
function marked(type: string, outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const schema = schemaOf(type);
  const entries = Object.entries(outputs).map(([key, value]) => {
    const isSecret = value !== null && (schema?.inputs[key]?.secret === true || holdsSecret(inputs[key]));
    return [key, isSecret && !(value instanceof Secret) ? new Secret(value) : value];
  });
  const meta = schema?.stateVersion === undefined ? {} : { __meta: JSON.stringify({ schema_version: String(schema.stateVersion) }) };
  return { ...Object.fromEntries(entries), ...meta };
}

function holdsSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isMap(value) && Object.values(value).some(holdsSecret);
}
