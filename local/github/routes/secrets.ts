import { type Call, type Handler, type Route, text, z } from "../http/call.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repo, Secret, Variable } from "../state.ts";
import { repoUrl } from "../views/repository.ts";
import { found } from "./environments.ts";

/** Where secrets and variables are kept: in the repository, or in one of its environments. */
interface Place {
  repo: Repo;
  secrets: Record<string, Secret>;
  variables: Record<string, Variable>;
  url: string;
  kind: string;
}
type Find = (call: Call, write: boolean, kind: "secrets" | "variables") => Place;

const ofRepository: Find = (call, write, kind) => {
  const repo = call.repo("push", kind === "secrets" ? "secrets" : "actions_variables", write);
  return { repo, secrets: repo.secrets, variables: repo.variables, url: `${repoUrl(call.root, repo)}/actions`, kind: "repo" };
};
const ofEnvironment: Find = (call, write) => {
  const [repo, environment] = found(call, "push", "environments", write);
  const url = `${repoUrl(call.root, repo)}/environments/${encodeURIComponent(environment.name)}`;
  return { repo, secrets: environment.secrets, variables: environment.variables, url, kind: "environment" };
};

const listing = (items: object[], key: string) => ({
  page: items,
  wrap: (page: unknown[], total_count: number) => ({ total_count, [key]: page }),
});
const secretView = ({ name, createdAt, updatedAt }: Secret): object => ({ name, created_at: createdAt, updated_at: updatedAt });
const variableView = ({ name, value, createdAt, updatedAt }: Variable): object => ({
  name,
  value,
  created_at: createdAt,
  updated_at: updatedAt,
});
const publicKey = ({ keyPair }: Repo) => ({ body: { key_id: keyPair.keyId, key: keyPair.publicKey } });

function named<T>(all: Record<string, T>, name: string): T {
  const one = all[name.toUpperCase()];
  if (one === undefined) throw notFound();
  return one;
}

const NAME = /^[A-Z_][A-Z0-9_]*$/i;
function checkName(name: string, what: string): void {
  if (!NAME.test(name))
    throw new Refusal(
      422,
      `${what} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).`,
    );
  if (/^GITHUB_/i.test(name)) throw new Refusal(422, `${what} names must not start with GITHUB_.`);
}

const putSecret =
  (find: Find): Handler =>
  async (call) => {
    const place = find(call, true, "secrets");
    const name = call.param("secret_name").toUpperCase();
    checkName(name, "Secret");
    const body = call.body(
      z.object({ encrypted_value: text.regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/), key_id: text }),
    );
    if (body.key_id !== place.repo.keyPair.keyId)
      throw new Refusal(422, "Bad request - key_id is invalid; use the repository's current public key.");
    // A sealed box is 48 bytes longer than what is in it (libsodium: crypto_box_SEALBYTES).
    if (Buffer.from(body.encrypted_value, "base64").length < 48) throw new Refusal(422, "Bad request - improperly encrypted secret");
    const now = call.hub.time();
    const existing = place.secrets[name];
    place.secrets[name] = {
      name,
      encryptedValue: body.encrypted_value,
      keyId: body.key_id,
      createdAt: existing?.createdAt ?? now,
      updatedAt: now,
    };
    call.hub.audit(place.repo, place.repo.owner, call.login(), `${place.kind}.${existing ? "update" : "create"}_actions_secret`, {
      key: name,
    });
    await call.hub.save();
    return existing ? { status: 204 } : { status: 201, body: {} };
  };

const addVariable =
  (find: Find): Handler =>
  async (call) => {
    const place = find(call, true, "variables");
    const body = call.body(z.object({ name: text, value: text }));
    const name = body.name.toUpperCase();
    checkName(name, "Variable");
    if (place.variables[name] !== undefined) throw new Refusal(409, "Already exists - Variable already exists");
    const now = call.hub.time();
    place.variables[name] = { name, value: body.value, createdAt: now, updatedAt: now };
    call.hub.audit(place.repo, place.repo.owner, call.login(), `${place.kind}.create_actions_variable`, { key: name });
    await call.hub.save();
    return { status: 201, body: {} };
  };

const changeVariable =
  (find: Find): Handler =>
  async (call) => {
    const place = find(call, true, "variables");
    const variable = named(place.variables, call.param("name"));
    const body = call.body(z.object({ name: text.optional(), value: text.optional() }));
    if (body.name !== undefined && body.name.toUpperCase() !== variable.name) {
      const name = body.name.toUpperCase();
      checkName(name, "Variable");
      if (place.variables[name] !== undefined) throw new Refusal(409, "Already exists - Variable already exists");
      delete place.variables[variable.name];
      place.variables[name] = variable;
      variable.name = name;
    }
    if (body.value !== undefined) variable.value = body.value;
    variable.updatedAt = call.hub.time();
    call.hub.audit(place.repo, place.repo.owner, call.login(), `${place.kind}.update_actions_variable`, { key: variable.name });
    await call.hub.save();
    return { status: 204 };
  };

const removal =
  (find: Find, kind: "secrets" | "variables"): Handler =>
  async (call) => {
    const place = find(call, true, kind);
    const name = call.param(kind === "secrets" ? "secret_name" : "name").toUpperCase();
    named<unknown>(place[kind], name);
    delete place[kind][name];
    call.hub.audit(
      place.repo,
      place.repo.owner,
      call.login(),
      `${place.kind}.remove_actions_${kind === "secrets" ? "secret" : "variable"}`,
      { key: name },
    );
    await call.hub.save();
    return { status: 204 };
  };

const at = (prefix: string, find: Find): Route[] => [
  ["GET", `${prefix}/secrets`, (call) => listing(Object.values(find(call, false, "secrets").secrets).map(secretView), "secrets")],
  ["GET", `${prefix}/secrets/public-key`, (call) => publicKey(find(call, false, "secrets").repo)],
  [
    "GET",
    `${prefix}/secrets/{secret_name}`,
    (call) => ({ body: secretView(named(find(call, false, "secrets").secrets, call.param("secret_name"))) }),
  ],
  ["PUT", `${prefix}/secrets/{secret_name}`, putSecret(find)],
  ["DELETE", `${prefix}/secrets/{secret_name}`, removal(find, "secrets")],
  ["GET", `${prefix}/variables`, (call) => listing(Object.values(find(call, false, "variables").variables).map(variableView), "variables")],
  ["POST", `${prefix}/variables`, addVariable(find)],
  [
    "GET",
    `${prefix}/variables/{name}`,
    (call) => ({ body: variableView(named(find(call, false, "variables").variables, call.param("name"))) }),
  ],
  ["PATCH", `${prefix}/variables/{name}`, changeVariable(find)],
  ["DELETE", `${prefix}/variables/{name}`, removal(find, "variables")],
];

export const secrets: Route[] = [
  ...at("/repos/{owner}/{repo}/actions", ofRepository),
  ...at("/repos/{owner}/{repo}/environments/{environment_name}", ofEnvironment),
  // The real provider's client still asks by the repository's id.
  ...at("/repositories/{repository_id}/environments/{environment_name}", ofEnvironment),
];
