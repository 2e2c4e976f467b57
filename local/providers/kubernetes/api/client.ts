import { isMap, type PropertyMap, type Value } from "../../../engine/values.ts";
import { nameOf, namespaceOf } from "../annotations.ts";
import { apiVersionOf, type Gvk } from "../gvk.ts";
import type { ApiRequest, ApiResponse, Connection } from "./connection.ts";
import { ApiError, ConnectionError, UnknownKindError } from "./errors.ts";
import { retried } from "./retried.ts";

/** Where the API serves a kind. */
export interface ApiResource {
  plural: string;
  namespaced: boolean;
  apiVersion: string;
  kind: string;
}
export interface Place {
  resource: ApiResource;
  namespace: string | undefined;
  name: string;
}

export interface WriteOptions {
  dryRun: boolean;
  fieldManager: string;
  signal: AbortSignal;
}

/** Attempts of a call that may be repeated, with growing pauses: about 6 s in all. */
const RETRIES = 5;

/** The few calls that a provider makes of a Kubernetes API, on plain JSON objects. */
export class Client {
  readonly connection: Connection;
  private readonly discovered = new Map<string, Promise<Map<string, ApiResource>>>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** From the API's own discovery, kept for the life of this provider; a kind that is missing is looked for once more. */
  async resourceOf(gvk: Gvk, signal: AbortSignal): Promise<ApiResource> {
    const apiVersion = apiVersionOf(gvk);
    for (const fresh of [false, true]) {
      if (fresh || !this.discovered.has(apiVersion)) {
        const found = this.discover(apiVersion, signal);
        this.discovered.set(apiVersion, found);
        found.catch(() => this.discovered.delete(apiVersion));
      }
      const resource = (await this.discovered.get(apiVersion)!).get(gvk.kind);
      if (resource !== undefined) return resource;
    }
    throw new UnknownKindError(apiVersion, gvk.kind);
  }

  async placeOf(object: PropertyMap, gvk: Gvk, signal: AbortSignal): Promise<Place> {
    const resource = await this.resourceOf(gvk, signal);
    return { resource, namespace: resource.namespaced ? (namespaceOf(object) ?? "default") : undefined, name: nameOf(object) ?? "" };
  }

  async get(place: Place, signal: AbortSignal): Promise<PropertyMap | undefined> {
    try {
      return objectOf(await this.repeated({ method: "GET", path: pathOf(place), signal }));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async list(
    resource: ApiResource,
    namespace: string | undefined,
    selectors: { labelSelector?: string; fieldSelector?: string },
    signal: AbortSignal,
  ): Promise<PropertyMap> {
    return objectOf(await this.repeated({ method: "GET", path: withQuery(collectionPath(resource, namespace), selectors), signal }));
  }

  /** Not repeated after an unanswered request: it may have created the object. */
  async create(place: Place, object: PropertyMap, { dryRun, fieldManager, signal }: WriteOptions): Promise<ApiResponse> {
    const path = withQuery(collectionPath(place.resource, place.namespace), {
      fieldManager,
      fieldValidation: "Strict",
      ...(dryRun ? { dryRun: "All" } : {}),
    });
    const request: ApiRequest = { method: "POST", path, body: object, signal };
    return dryRun ? this.repeated(request) : this.repeated(request, (error) => error instanceof ApiError && error.code === 429);
  }

  /** Server-side apply. */
  async apply(
    place: Place,
    object: PropertyMap,
    { dryRun, fieldManager, signal, force }: WriteOptions & { force: boolean },
  ): Promise<ApiResponse> {
    const query = { fieldManager, fieldValidation: "Strict", force: String(force), ...(dryRun ? { dryRun: "All" } : {}) };
    return this.repeated({
      method: "PATCH",
      path: withQuery(pathOf(place), query),
      body: object,
      contentType: "application/apply-patch+yaml",
      signal,
    });
  }

  async jsonPatch(place: Place, patch: Value, signal: AbortSignal): Promise<PropertyMap> {
    return objectOf(
      await this.repeated({ method: "PATCH", path: pathOf(place), body: patch, contentType: "application/json-patch+json", signal }),
    );
  }

  /** Asks for the deletion (of the object with this uid, if one is given); false when there is nothing to delete. */
  async delete(
    place: Place,
    { propagationPolicy, uid }: { propagationPolicy: string; uid?: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy, ...(uid === undefined ? {} : { preconditions: { uid } }) };
    try {
      await this.repeated({ method: "DELETE", path: pathOf(place), body, signal });
      return true;
    } catch (error) {
      if (isMissing(error) || (uid !== undefined && error instanceof ApiError && error.code === 409)) return false;
      throw error;
    }
  }

  private async discover(apiVersion: string, signal: AbortSignal): Promise<Map<string, ApiResource>> {
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let list: Value;
    try {
      list = (await this.repeated({ method: "GET", path, signal })).body;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return new Map();
      throw error;
    }
    const resources = isMap(list) && Array.isArray(list.resources) ? list.resources.filter(isMap) : [];
    return new Map(
      resources
        .filter(({ name }) => typeof name === "string" && !name.includes("/"))
        .map(({ name, kind, namespaced }) => [
          String(kind),
          { plural: String(name), kind: String(kind), namespaced: namespaced === true, apiVersion },
        ]),
    );
  }

  /** A write that has been sent is not cut off by an abort: nobody would know whether it took effect. */
  private async repeated(request: ApiRequest, mayRepeat: (error: unknown) => boolean = isTransient): Promise<ApiResponse> {
    const once = request.method === "GET" ? request : { ...request, signal: new AbortController().signal };
    return retried(() => this.connection.request(once), {
      retries: RETRIES,
      minTimeout: 200,
      randomize: true,
      signal: request.signal,
      shouldRetry: ({ error }) => mayRepeat(error),
    });
  }
}

/** The object is not there, or not even its kind: a group whose last definition went answers without a Status. */
const isMissing = (error: unknown): boolean => error instanceof ApiError && error.code === 404;

/** A server that refuses connections is not running: waiting for it helps nobody. */
const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionError
    ? error.code !== "ECONNREFUSED" && error.code !== "ENOTFOUND"
    : error instanceof ApiError && error.transient;

const objectOf = ({ body }: ApiResponse): PropertyMap => (isMap(body) ? body : {});

export function collectionPath({ apiVersion, plural }: ApiResource, namespace: string | undefined): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}
export const pathOf = ({ resource, namespace, name }: Place): string =>
  `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const params = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return params.size === 0 ? path : `${path}?${params}`;
}
