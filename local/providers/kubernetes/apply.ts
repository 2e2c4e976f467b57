import { ProviderError } from "../../engine/provider.ts";
import { isMap, type PropertyMap, type Value } from "../../engine/values.ts";
import { isAnnotated, nameOf, namespaceOf, PATCH_FORCE } from "./annotations.ts";
import type { Client, Place } from "./api/client.ts";
import { type ApiError, isApiError } from "./api/errors.ts";
import { retried } from "./api/retried.ts";
import type { ProviderOptions } from "./config.ts";
import { submission } from "./create.ts";
import { isTakenOver, managedFields, ownsField, takeoverPatch } from "./managed-fields.ts";
import { type Path, parsePath } from "./paths.ts";

export interface ApplyRequest {
  newInputs: PropertyMap;
  ignoreChanges: readonly string[];
  fieldManager: string;
  what: string;
  options: ProviderOptions;
  preview: boolean;
  signal: AbortSignal;
  log(severity: "status" | "report" | "info" | "warning", message: string): void;
}

/**
 * Server-side apply of the inputs. Fields that a client-side create or kubectl holds are taken over first, as pulumi-kubernetes does;
 * fields of anybody else are a conflict, unless the object or the provider says that updates force.
 */
export async function applyInputs(client: Client, place: Place, live: PropertyMap, request: ApplyRequest): Promise<PropertyMap> {
  const { fieldManager, preview, signal, options } = request;
  const current = preview ? live : await takeOver(client, place, live, fieldManager, signal);
  const object = withIgnored(submission(request.newInputs), current, request);
  const always = options.patchForce || isAnnotated(request.newInputs, PATCH_FORCE) || managedFields(current).length === 0;
  const apply = async (force: boolean): Promise<PropertyMap> => {
    const { body, warnings } = await client.apply(place, object, { dryRun: preview, fieldManager, force, signal });
    for (const warning of warnings) request.log("warning", warning);
    return isMap(body) ? body : {};
  };
  try {
    return await apply(always);
  } catch (error) {
    if (!isApiError(error, "Conflict") || error.causes.every(({ reason }) => reason !== "FieldManagerConflict")) throw error;
    const conflicts = conflictsOf(error);
    // A dry run cannot take fields over first, so it meets conflicts that the real run will not.
    if (preview && conflicts.every(isTakenOver)) return apply(true);
    throw conflictError(request.what, conflicts);
  }
}

async function takeOver(client: Client, place: Place, live: PropertyMap, fieldManager: string, signal: AbortSignal): Promise<PropertyMap> {
  let current: PropertyMap | undefined = live;
  return retried(
    async () => {
      current ??= (await client.get(place, signal)) ?? live;
      const patch = takeoverPatch(current, fieldManager);
      if (patch === undefined) return current;
      const seen = current;
      current = undefined; // changed meanwhile: look again
      return client.jsonPatch(place, patch, signal).catch((error) => {
        if (!isApiError(error, "Invalid", "Conflict")) current = seen;
        throw error;
      });
    },
    { retries: 4, minTimeout: 100, signal, shouldRetry: ({ error }) => isApiError(error, "Invalid", "Conflict") },
  );
}

interface Conflict {
  field: string;
  manager: string;
  operation: string;
  subresource: string;
}

/** Causes read `conflict with "kubectl" with subresource "scale" using apps/v1`; an `Apply` manager is named without `using`. */
function conflictsOf(error: ApiError): Conflict[] {
  return error.causes
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ field, message }) => ({
      field,
      manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? message,
      operation: / using /.test(message) ? "Update" : "Apply",
      subresource: /with subresource "([^"]*)"/.exec(message)?.[1] ?? "",
    }));
}

function conflictError(what: string, conflicts: readonly Conflict[]): ProviderError {
  const lines = conflicts.map(
    ({ field, manager, subresource }) => `  ${field} is set by "${manager}"${subresource === "" ? "" : ` (${subresource})`}`,
  );
  return new ProviderError(
    `${what}: others have set fields that this update sets too:\n${[...new Set(lines)].join("\n")}\nTo take them back, put the annotation ${PATCH_FORCE}: "true" on it. To leave them to their owner, take them out of the program (replicas of what an autoscaler scales), or list them in ignoreChanges.`,
  );
}

/**
 * The object without the fields that are ignored and another manager holds; those that nobody else holds are sent as they are, since
 * an apply without them would remove them.
 */
function withIgnored(object: PropertyMap, live: PropertyMap, { ignoreChanges, fieldManager }: ApplyRequest): PropertyMap {
  const copy = structuredClone(object);
  const entries = managedFields(live);
  for (const ignored of ignoreChanges.map(parsePath)) {
    for (const path of expand(ignored, copy)) {
      const owners = entries
        .filter(({ fields }) => ownsField(fields, path, live))
        .map(({ manager, operation }) => operation === "Apply" && manager === fieldManager);
      if (owners.length > 0 && !owners.includes(true)) remove(copy, path);
      else {
        const value = lookUp(live, path);
        if (value !== undefined) set(copy, path, value);
      }
    }
  }
  return copy;
}

/** The paths in `object` that a path with wildcards stands for. */
function expand(path: Path, object: Value, prefix: Path = []): Path[] {
  const at = path.indexOf("*");
  if (at < 0) return [[...prefix, ...path]];
  const list = lookUp(object, path.slice(0, at));
  const keys = Array.isArray(list) ? [...list.keys()] : isMap(list) ? Object.keys(list) : [];
  return keys.flatMap((key) =>
    expand(path.slice(at + 1), lookUp(object, [...path.slice(0, at), key]) ?? null, [...prefix, ...path.slice(0, at), key]),
  );
}

function lookUp(value: Value | undefined, path: Path): Value | undefined {
  let found = value;
  for (const segment of path)
    found = typeof segment === "number" ? (Array.isArray(found) ? found[segment] : undefined) : isMap(found) ? found[segment] : undefined;
  return found;
}
function set(object: PropertyMap, path: Path, value: Value): void {
  const parent = lookUp(object, path.slice(0, -1));
  const last = path.at(-1)!;
  if (typeof last === "number" && Array.isArray(parent) && last < parent.length) parent[last] = value;
  else if (typeof last === "string" && isMap(parent)) parent[last] = value;
}
function remove(object: PropertyMap, path: Path): void {
  const parent = lookUp(object, path.slice(0, -1));
  const last = path.at(-1)!;
  if (typeof last === "number" && Array.isArray(parent)) parent.splice(last, 1);
  else if (typeof last === "string" && isMap(parent)) delete parent[last];
}

/** Gives up a manager's fields: it applies an object that says nothing. */
export async function relinquish(
  client: Client,
  place: Place,
  object: PropertyMap,
  fieldManager: string,
  signal: AbortSignal,
): Promise<void> {
  const namespace = namespaceOf(object);
  const bare = {
    apiVersion: object.apiVersion!,
    kind: object.kind!,
    metadata: { name: nameOf(object)!, ...(namespace === undefined ? {} : { namespace }) },
  };
  if (!managedFields(object).some(({ manager, operation }) => manager === fieldManager && operation === "Apply")) return;
  await client.apply(place, bare, { dryRun: false, fieldManager, force: false, signal });
}
