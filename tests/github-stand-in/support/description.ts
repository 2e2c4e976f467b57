import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);

interface Operation {
  operationId: string;
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>;
  requestBody?: { $ref?: string; content?: Record<string, { schema: object }> };
}
export interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>>; responses: Record<string, Operation["responses"][string]> };
}

/** What only GitHub Enterprise has: the audit log. Its description is read when it is asked for. */
const ENTERPRISE = /^\/orgs\/\{org\}\/audit-log$/;

const load = (name: string): Description =>
  JSON.parse(readFileSync(require.resolve(`@octokit/openapi/generated/${name}.json`), "utf8")) as Description;

let enterprise: Description | undefined;
let dotcom: Description | undefined;
/** GitHub's own description of its REST API. */
export function description(): Description {
  if (dotcom === undefined) {
    dotcom = load("api.github.com");
    overlay(dotcom);
  }
  return dotcom;
}

/** What GitHub's servers do and its description leaves out; each with where it is known from. */
function overlay({ paths, components }: Description): void {
  // The administrators' switch of environments: terraform-provider-github and go-github send and read it (RepositoryEnvironment.CanAdminsBypass).
  const environment = components.schemas.environment as { properties: Record<string, object> };
  environment.properties.can_admins_bypass = { type: "boolean" };
  // The same operations by the repository's id, which go-github still calls (actions_secrets.go).
  for (const [path, item] of Object.entries(paths)) {
    if (path.startsWith("/repos/{owner}/{repo}/environments/{environment_name}/"))
      paths[path.replace("/repos/{owner}/{repo}", "/repositories/{repository_id}")] = item;
  }
  paths["/repositories/{repository_id}"] = paths["/repos/{owner}/{repo}"]!;
}

const ajv = new Ajv({ strict: false, validateFormats: true });
addFormats.default(ajv);
for (const format of ["repo.nwo", "timestamp", "int64"]) ajv.addFormat(format, true);
// GitHub sends an empty text where a deployment has no address, and describes it as an address.
ajv.addFormat("uri", (text: string) => text === "" || URL.canParse(text));
const compiled = new Map<string, ValidateFunction>();

/** The operation of a path; for the audit log, which github.com has for Enterprise only, that of Enterprise Cloud. */
export function operationOf(method: string, path: string): Operation | undefined {
  if (ENTERPRISE.test(path) && enterprise === undefined) {
    enterprise = load("ghec");
    description().paths[path] = enterprise.paths[path]!;
    for (const name of ["audit-log-event"]) description().components.schemas[name] ??= enterprise.components.schemas[name]!;
  }
  return description().paths[path]?.[method.toLowerCase()];
}

/** OpenAPI's schema in JSON Schema's own words (`nullable`), its references into the one document that holds all of them. */
function converted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(converted);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, example: _, examples: __, ...rest } = value as Record<string, unknown>;
  if (typeof rest.$ref === "string") return { $ref: `github#/definitions/${rest.$ref.split("/").at(-1)}` };
  const copy = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, converted(inner)]));
  return nullable === true ? { anyOf: [{ type: "null" }, copy] } : copy;
}

function compile(schema: object): ValidateFunction {
  if (ajv.getSchema("github") === undefined) {
    operationOf("GET", "/orgs/{org}/audit-log"); // or its schemas would come too late
    ajv.addSchema({ $id: "github", definitions: converted(description().components.schemas) as object });
  }
  return ajv.compile(converted(schema) as object);
}

/** What is wrong with a reply in GitHub's own terms; empty: nothing. */
export function faultsOfReply(path: string, method: string, status: number, body: unknown): string[] {
  const all = description();
  const operation = operationOf(method, path);
  if (operation === undefined) return [`GitHub has no ${method} ${path}`];
  const key = `${method} ${path} ${status}`;
  // A refusal's body is the same everywhere; the description leaves many of them out, and contradicts itself about some.
  if (status >= 400)
    return [401, 403, 404, 405, 409, 422, 429].includes(status) && isRefusal(body) ? [] : [`${key}: no refusal of GitHub's`];
  let response = operation.responses[String(status)];
  if (response?.$ref !== undefined) response = all.components.responses[response.$ref.split("/").at(-1)!];
  if (response === undefined) return [`${key}: no such reply is described`];
  const schema = response.content?.["application/json"]?.schema;
  if (schema === undefined) return body === undefined ? [] : [`${key}: a body where none is described`];
  if (body === undefined) return [`${key}: no body where one is described`];
  const validate = compiled.get(key) ?? compile(schema);
  compiled.set(key, validate);
  if (validate(body)) return [];
  return (validate.errors ?? []).map((error) => `${key} ${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
}

let refusal: ValidateFunction | undefined;
/** One of the three forms in which GitHub refuses: with a message, with error items, with error texts. */
function isRefusal(body: unknown): boolean {
  refusal ??= compile({
    required: ["message", "documentation_url"],
    anyOf: ["basic-error", "validation-error", "validation-error-simple"].map((name) => ({ $ref: `#/components/schemas/${name}` })),
  });
  return refusal(body);
}
