import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { type Dispatcher, fetch } from "undici";
import { inTime, load } from "../cluster-client.ts";
import type { ClusterTarget } from "../live.ts";
import { isRecord, type Json } from "../report/diff.ts";
import { UserError } from "../user-error.ts";

/** Where the API serves a kind. */
export interface Served {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** An answer of the API server that is no success. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "Refused";
    this.code = code;
  }
}

/** Undefined where the API server says that it is not there. */
export async function orNothing(answer: Promise<Json>): Promise<Json | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refused && error.code === 404) return undefined;
    throw error;
  }
}

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

const ANSWER_MS = 30_000;
const PAGE = 500;

/** The few calls that drift makes of a Kubernetes API, on plain JSON: typed models would lose the fields that they do not know. */
export class ClusterApi {
  readonly #config = new KubeConfig();
  readonly #server: string;
  #credentials: Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> | undefined;

  constructor(target: ClusterTarget) {
    load(this.#config, target);
    const server = this.#config.getCurrentCluster()?.server;
    if (server === undefined)
      throw new UserError(
        `${"kubeconfig" in target ? target.kubeconfig : "The login of the platform's cluster"} names no current cluster: choose one with --context.`,
        2,
      );
    this.#server = server.replace(/\/+$/, "");
  }

  async call({ method, path, body, contentType = "application/json", accept = "application/json" }: Call): Promise<Json> {
    this.#credentials ??= this.#authenticate();
    const { headers, dispatcher } = await this.#credentials;
    const response = await fetch(this.#server + path, {
      method,
      headers: { ...headers, accept, ...(body === undefined ? {} : { "content-type": contentType }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch((error: unknown) => {
      const cause = (error as { cause?: { code?: string; message?: string } }).cause;
      throw new UserError(
        `The Kubernetes API at ${this.#server} does not answer: ${cause?.message || cause?.code || (error as Error).message}. Nothing was read.`,
      );
    });
    const text = await response.text();
    const parsed = parse(text);
    if (!response.ok)
      throw new Refused(response.status, String((parsed as Json).message ?? `the Kubernetes API answered ${response.status}`));
    return parsed;
  }

  /** Every kind that the API serves, each in the version that it prefers; two requests (aggregated discovery, Kubernetes 1.30). */
  async served(): Promise<Served[]> {
    const accept =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
    const lists = await Promise.all(["/api", "/apis"].map((path) => this.call({ method: "GET", path, accept })));
    return lists.flatMap(({ items }) => records(items)).flatMap((group) => servedIn(group));
  }

  /** Objects of a kind as they are, pages put together. */
  async list(kind: Served, namespace?: string): Promise<Json[]> {
    const found: Json[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(PAGE), ...(token === undefined ? {} : { continue: token }) });
      const page = await this.call({ method: "GET", path: `${collection(kind, namespace)}?${query}` });
      for (const item of records(page.items)) found.push({ apiVersion: kind.apiVersion, kind: kind.kind, ...item });
      const next = isRecord(page.metadata) ? page.metadata.continue : undefined;
      token = typeof next === "string" && next !== "" ? next : undefined;
    } while (token !== undefined);
    return found;
  }

  /** undefined: there is none. */
  async get(kind: Served, namespace: string | undefined, name: string): Promise<Json | undefined> {
    return orNothing(this.call({ method: "GET", path: itemPath(kind, namespace, name) }));
  }

  async close(): Promise<void> {
    await (await this.#credentials?.catch(() => undefined))?.dispatcher?.destroy();
  }

  async #authenticate(): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> {
    const context = new RequestContext(this.#server, HttpMethod.GET);
    // A login may be a program that is not there (kubelogin), or asks somebody who does not hear it.
    await inTime(this.#config.applySecurityAuthentication(context), ANSWER_MS).catch((error: unknown) => {
      const why = (error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 300);
      throw new UserError(`The login to the Kubernetes API at ${this.#server} failed: ${why}. Nothing was read.`);
    });
    return { headers: context.getHeaders(), dispatcher: context.getDispatcher() as Dispatcher | undefined };
  }
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return { message: text.slice(0, 200) };
  }
}

const records = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** All versions of a group, the preferred one first. */
function servedIn(group: Json): Served[] {
  const name = isRecord(group.metadata) ? group.metadata.name : undefined;
  return records(group.versions).flatMap(({ version, resources }) =>
    records(resources).map(({ resource, responseKind, scope, verbs }) => ({
      apiVersion: name ? `${name}/${version}` : String(version),
      kind: isRecord(responseKind) ? String(responseKind.kind) : "",
      plural: String(resource),
      namespaced: scope === "Namespaced",
      verbs: Array.isArray(verbs) ? verbs.map(String) : [],
    })),
  );
}

export function collection({ apiVersion, plural, namespaced }: Served, namespace: string | undefined): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced && namespace !== undefined ? `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}` : `${root}/${plural}`;
}
export const itemPath = (kind: Served, namespace: string | undefined, name: string): string =>
  `${collection(kind, namespace)}/${encodeURIComponent(name)}`;
