import sodium from "libsodium-wrappers";
import type { PropertyMap } from "../../../engine/values.ts";
import { type Session, statusOf, unlessGone } from "../client.ts";
import { type Handler, idOf, partsOf, text } from "../handler.ts";

type Place = { owner: string; repo: string; environment_name?: string };
type Scope = "environment" | "repository";

async function placeOf(session: Session, scope: Scope, repo: string, environment: string): Promise<Place> {
  const at = { owner: await session.owner(), repo };
  return scope === "environment" ? { ...at, environment_name: environment } : at;
}
const root = (scope: Scope): string =>
  scope === "environment" ? "/repos/{owner}/{repo}/environments/{environment_name}" : "/repos/{owner}/{repo}/actions";
const split = (scope: Scope, id: string): { repository: string; environment: string; name: string } => {
  const parts = partsOf(id);
  return { repository: parts[0] ?? "", environment: scope === "environment" ? (parts[1] ?? "") : "", name: parts.at(-1) ?? "" };
};
const joined = (scope: Scope, inputs: PropertyMap, name: string): string =>
  scope === "environment" ? idOf(text(inputs.repository), text(inputs.environment), name) : idOf(text(inputs.repository), name);

/** Only what is sealed with the repository's public key leaves this process (libsodium: crypto_box_seal). */
async function sealed(
  session: Session,
  scope: Scope,
  at: Place,
  inputs: PropertyMap,
): Promise<{ encrypted_value: string; key_id: string }> {
  const given = text(inputs.valueEncrypted) || text(inputs.encryptedValue);
  const { data: key } = (await session.octokit.request(`GET ${root(scope)}/secrets/public-key`, at)) as {
    data: { key_id: string; key: string };
  };
  if (given !== "") return { encrypted_value: given, key_id: text(inputs.keyId) || key.key_id };
  await sodium.ready;
  const plain = sodium.from_string(text(inputs.value) || text(inputs.plaintextValue));
  const box = sodium.crypto_box_seal(plain, sodium.from_base64(key.key, sodium.base64_variants.ORIGINAL));
  return { encrypted_value: sodium.to_base64(box, sodium.base64_variants.ORIGINAL), key_id: key.key_id };
}

interface Dates {
  created_at: string;
  updated_at: string;
}

function secretHandler(scope: Scope): Handler {
  const dates = async (session: Session, at: Place, name: string): Promise<Dates | undefined> =>
    (await unlessGone(session.octokit.request(`GET ${root(scope)}/secrets/{secret_name}`, { ...at, secret_name: name })))?.data as
      | Dates
      | undefined;
  const put: Handler["create"] = async ({ session, inputs }) => {
    const name = text(inputs.secretName);
    const at = await placeOf(session, scope, text(inputs.repository), text(inputs.environment));
    const send = (parts: object) =>
      session.octokit.request(`PUT ${root(scope)}/secrets/{secret_name}`, { ...at, secret_name: name, ...parts });
    let box = await sealed(session, scope, at, inputs);
    await send(box).catch(async (error: unknown) => {
      if (statusOf(error) !== 422) throw error;
      // GitHub may have changed the key since it was asked for.
      const again = await sealed(session, scope, at, inputs);
      if (again.key_id === box.key_id) throw error;
      box = again;
      await send(box);
    });
    const { created_at = "", updated_at = "" } = (await dates(session, at, name)) ?? {};
    const { id } = await session.repository(text(inputs.repository));
    return {
      id: joined(scope, inputs, name),
      outputs: {
        ...inputs,
        keyId: box.key_id,
        createdAt: created_at,
        updatedAt: updated_at,
        remoteUpdatedAt: updated_at,
        repositoryId: id,
      },
    };
  };
  return {
    create: put,
    update: put,
    async read({ session, id, olds }) {
      const { repository, environment, name } = split(scope, id);
      const found = await dates(session, await placeOf(session, scope, repository, environment), name);
      if (found === undefined) return undefined;
      return {
        id,
        outputs: {
          ...olds,
          repository,
          ...(scope === "environment" ? { environment } : {}),
          secretName: name,
          createdAt: found.created_at,
          // GitHub tells when it was written, never what: another time than ours is somebody else's write.
          updatedAt: olds.updatedAt ?? found.updated_at,
          remoteUpdatedAt: found.updated_at,
          repositoryId: (await session.repository(repository)).id,
        },
      };
    },
    async delete({ session, id }) {
      const { repository, environment, name } = split(scope, id);
      const at = await placeOf(session, scope, repository, environment);
      await unlessGone(session.octokit.request(`DELETE ${root(scope)}/secrets/{secret_name}`, { ...at, secret_name: name }));
    },
  };
}

function variableHandler(scope: Scope): Handler {
  const get = async (session: Session, at: Place, name: string): Promise<(Dates & { value: string }) | undefined> =>
    (await unlessGone(session.octokit.request(`GET ${root(scope)}/variables/{name}`, { ...at, name })))?.data as
      | (Dates & { value: string })
      | undefined;
  const outputs = async (session: Session, inputs: PropertyMap, at: Place): Promise<PropertyMap> => {
    const live = await get(session, at, text(inputs.variableName));
    const { id } = await session.repository(text(inputs.repository));
    return { ...inputs, createdAt: live?.created_at ?? "", updatedAt: live?.updated_at ?? "", repositoryId: id };
  };
  return {
    async create({ session, inputs }) {
      const at = await placeOf(session, scope, text(inputs.repository), text(inputs.environment));
      await session.octokit.request(`POST ${root(scope)}/variables`, { ...at, name: text(inputs.variableName), value: text(inputs.value) });
      return { id: joined(scope, inputs, text(inputs.variableName)), outputs: await outputs(session, inputs, at) };
    },
    async update({ session, inputs, id }) {
      const at = await placeOf(session, scope, text(inputs.repository), text(inputs.environment));
      await session.octokit.request(`PATCH ${root(scope)}/variables/{name}`, {
        ...at,
        name: text(inputs.variableName),
        value: text(inputs.value),
      });
      return { id, outputs: await outputs(session, inputs, at) };
    },
    async read({ session, id }) {
      const { repository, environment, name } = split(scope, id);
      const live = await get(session, await placeOf(session, scope, repository, environment), name);
      if (live === undefined) return undefined;
      const own = { repository, ...(scope === "environment" ? { environment } : {}), variableName: name, value: live.value };
      return {
        id,
        outputs: {
          ...own,
          createdAt: live.created_at,
          updatedAt: live.updated_at,
          repositoryId: (await session.repository(repository)).id,
        },
      };
    },
    async delete({ session, id }) {
      const { repository, environment, name } = split(scope, id);
      await unlessGone(
        session.octokit.request(`DELETE ${root(scope)}/variables/{name}`, {
          ...(await placeOf(session, scope, repository, environment)),
          name,
        }),
      );
    },
    async importId(inputs, session) {
      const at = await placeOf(session, scope, text(inputs.repository), text(inputs.environment));
      const live = await get(session, at, text(inputs.variableName));
      return live === undefined ? undefined : joined(scope, inputs, text(inputs.variableName));
    },
  };
}

export const environmentSecret = secretHandler("environment");
export const actionsSecret = secretHandler("repository");
export const environmentVariable = variableHandler("environment");
export const actionsVariable = variableHandler("repository");
