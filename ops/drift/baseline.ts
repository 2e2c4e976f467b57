import { isRecord, type Json } from "../report/diff.ts";
import { resourcesIn } from "../report/exported.ts";
import { isKubernetes, kindOf, parseUrn } from "../report/urn.ts";
import { type Path, pathText } from "./path.ts";

/** A Kubernetes object as the last update left it. Secrets are in clear: nothing of it may be shown without `redact.ts`. */
export interface Applied {
  readonly urn: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** What the program declared. */
  readonly declared: Json;
  /** The whole object as the API server returned it. */
  readonly live: Json;
  /** Paths that hold secrets. */
  readonly secret: readonly string[];
  /** Paths whose values could not be opened. */
  readonly sealed: readonly string[];
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The objects of an exported state (`Engine.export({ showSecrets: true })`). Those that are to be deleted anyway are left out. */
export function appliedObjects(exported: Json): Applied[] {
  return resourcesIn(exported)
    .filter(({ type, custom, external, delete: gone }) => custom === true && !external && !gone && isKubernetes(String(type)))
    .flatMap((resource) => applied(resource) ?? []);
}

function applied(resource: Json): Applied | undefined {
  const inputs = new Opened(resource.inputs);
  const outputs = new Opened(resource.outputs);
  const { __inputs: _, __initialApiVersion: __, __fieldManager: ___, ...live } = outputs.value;
  const metadata = isRecord(live.metadata) ? live.metadata : {};
  const kind = String(live.kind ?? inputs.value.kind ?? kindOf(String(resource.type)));
  const name = metadata.name;
  // A patch of an object, or a template: no object of its own.
  if (typeof name !== "string" || kind.endsWith("Patch") || typeof live.apiVersion !== "string") return undefined;
  return {
    urn: String(resource.urn),
    apiVersion: String(inputs.value.apiVersion ?? live.apiVersion),
    kind,
    name,
    namespace: typeof metadata.namespace === "string" ? metadata.namespace : undefined,
    declared: inputs.value,
    live,
    secret: [...new Set([...inputs.secret, ...outputs.secret])],
    sealed: [...new Set([...inputs.sealed, ...outputs.sealed])],
  };
}

/** A property map of a state file with its secrets taken out of their envelopes, and where they were. */
class Opened {
  readonly value: Json;
  readonly secret: string[] = [];
  readonly sealed: string[] = [];
  constructor(json: unknown) {
    const value = this.#open(json, []);
    this.value = isRecord(value) ? value : {};
  }
  #open(json: unknown, path: Path): unknown {
    if (Array.isArray(json)) return json.map((value, i) => this.#open(value, [...path, i]));
    if (!isRecord(json)) return json;
    if (json[SIGNATURE] !== SECRET)
      return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, this.#open(value, [...path, key])]));
    this.secret.push(pathText(path));
    if (typeof json.plaintext === "string") return JSON.parse(json.plaintext);
    this.sealed.push(pathText(path));
    return undefined;
  }
}

/** Namespaces that the stack itself makes: all that is in them is its own. */
export const ownedNamespaces = (objects: readonly Applied[]): string[] =>
  objects.filter(({ kind, apiVersion }) => kind === "Namespace" && apiVersion === "v1").map(({ name }) => name);

/** Pulumi's name of a resource: the same in every environment. */
export const logicalName = (urn: string): string => parseUrn(urn).name;
