import { randomBytes } from "node:crypto";
import { type CreateRequest, ProviderError } from "../../engine/provider.ts";
import { hasUnknown, isMap, type PropertyMap, reveal } from "../../engine/values.ts";
import { isOurOrphan } from "./adopt.ts";
import { annotation, metadataOf, nameOf, PATCH_FIELD_MANAGER } from "./annotations.ts";
import type { Client, Place } from "./api/client.ts";
import type { ApiResponse } from "./api/connection.ts";
import { ApiError, isApiError, isNamespaceMissing, isUnanswered, UnknownKindError } from "./api/errors.ts";
import { retried } from "./api/retried.ts";
import { checkpoint } from "./checkpoint.ts";
import type { Session } from "./cluster-provider.ts";
import { describe, failure, isAccessDenied } from "./failure.ts";
import { gvkOf, idOf } from "./gvk.ts";
import { CREATE_MANAGER, isPulumis, managedFields } from "./managed-fields.ts";
import { normalize } from "./normalize.ts";
import { fromSdkKeys } from "./sdk-keys.ts";
import { settle } from "./settle.ts";

export async function createObject(session: Session, request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
  const { inputs, preview, type } = request;
  if (preview && hasUnknown(inputs)) return { id: "", outputs: inputs };
  const what = describe(inputs, type);
  try {
    const client = await session.client();
    return preview ? await previewCreate(client, request, what) : await reallyCreate(client, request, what);
  } catch (error) {
    throw failure(error, what, "create", inputs);
  }
}

/** The manager under which later updates apply; state keeps it. */
export const newFieldManager = (inputs: PropertyMap): string =>
  annotation(inputs, PATCH_FIELD_MANAGER) ?? `${CREATE_MANAGER}-${randomBytes(4).toString("hex")}`;

/** The object as the API server takes it: no marks, its own spelling of keys. */
export const submission = (inputs: PropertyMap): PropertyMap => fromSdkKeys(reveal(normalize(inputs)) as PropertyMap);

async function reallyCreate(client: Client, request: CreateRequest, what: string): Promise<{ id: string; outputs: PropertyMap }> {
  const { inputs, signal } = request;
  const object = submission(inputs);
  const fieldManager = newFieldManager(inputs);
  let unanswered = false;
  let place: Place | undefined;
  // A namespace or a definition that this very run has just made may take a moment to be served.
  const create = async (): Promise<PropertyMap> => {
    place = await client.placeOf(object, gvkOf(inputs, request.type)!, signal);
    try {
      const response = await client.create(place, object, { dryRun: false, fieldManager: CREATE_MANAGER, signal });
      return received(response, request);
    } catch (error) {
      if (isUnanswered(error)) unanswered = true; // it may have been made all the same
      if (!isApiError(error, "AlreadyExists")) throw error;
      const live = await client.get(place, signal);
      if (live === undefined) throw error;
      if (!unanswered || !isOurOrphan(live, inputs)) throw alreadyThere(live, what, place);
      return live;
    }
  };
  const made = await retried(create, {
    retries: 4,
    minTimeout: 500,
    signal,
    // A 500 is mostly a refusal (a webhook that failed), though nobody can be sure.
    shouldRetry: ({ error, attemptNumber }) =>
      isNamespaceMissing(error) || error instanceof UnknownKindError || (isUnanswered(error) && !isRefusal(error) && attemptNumber < 3),
  });
  const initialApiVersion = String(object.apiVersion);
  return settle(client, place!, request, { inputs, object: made, existed: false, fieldManager, initialApiVersion, what });
}

/** What the API server would make of it, without making it: defaults, warnings, and every refusal that `up` would meet. */
async function previewCreate(client: Client, request: CreateRequest, what: string): Promise<{ id: string; outputs: PropertyMap }> {
  const { inputs, signal, type } = request;
  const unseen = { id: "", outputs: inputs };
  const object = submission(inputs);
  let place: Place;
  try {
    place = await client.placeOf(object, gvkOf(inputs, type)!, signal);
  } catch (error) {
    if (error instanceof UnknownKindError) return unseen; // its definition may come with this very run
    throw error;
  }
  const dryRun = async (name: string): Promise<{ id: string; outputs: PropertyMap }> => {
    const named = { ...object, metadata: { ...metadataOf(object), name } };
    const response = await client.create({ ...place, name }, named, { dryRun: true, fieldManager: CREATE_MANAGER, signal });
    const live = withoutServerFields(received(response, request));
    const shown = { ...live, metadata: { ...metadataOf(live), name: place.name } };
    return {
      id: "",
      outputs: checkpoint({ inputs, live: shown, fieldManager: newFieldManager(inputs), initialApiVersion: String(object.apiVersion) }),
    };
  };
  try {
    return await dryRun(place.name);
  } catch (error) {
    if (isNamespaceMissing(error) || (error instanceof ApiError && (isAccessDenied(error) || isDryRunUnsupported(error)))) return unseen;
    if (!isApiError(error, "AlreadyExists")) throw error;
    const live = await client.get(place, signal);
    if (live !== undefined && managedFields(live).length > 0 && !isPulumis(live)) throw alreadyThere(live, what, place);
    // Ours: it is to be replaced, or an interrupted run left it. Whether the new one is acceptable shows under another name,
    // except for Services, whose fixed addresses and ports the old one still holds.
    return inputs.kind === "Service" ? unseen : dryRun(`${(nameOf(object) ?? "").slice(0, 40)}-preview-${randomBytes(2).toString("hex")}`);
  }
}

function received(response: ApiResponse, request: CreateRequest): PropertyMap {
  for (const warning of response.warnings) request.log("warning", warning);
  return isMap(response.body) ? response.body : {};
}

/** A dry run invents these; a preview must not pass them off as known. */
function withoutServerFields(live: PropertyMap): PropertyMap {
  const { status: _status, ...rest } = live;
  const {
    uid: _uid,
    creationTimestamp: _created,
    resourceVersion: _version,
    generation: _generation,
    managedFields: _fields,
    ...metadata
  } = metadataOf(live);
  if (rest.kind !== "Service" || !isMap(rest.spec)) return { ...rest, metadata };
  const { clusterIP, clusterIPs, ...spec } = rest.spec;
  return {
    ...rest,
    metadata,
    spec: clusterIP === "None" ? { clusterIP, ...(clusterIPs === undefined ? {} : { clusterIPs }), ...spec } : spec,
  };
}

const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.code === 500;
const isDryRunUnsupported = (error: ApiError): boolean => error.code === 400 && /dry.?run/i.test(error.message);

function alreadyThere(live: PropertyMap, what: string, place: Place): ProviderError {
  const makers = [
    ...new Set(
      managedFields(live)
        .filter(({ subresource }) => subresource === "")
        .map(({ manager }) => `"${manager}"`),
    ),
  ];
  const since = String(metadataOf(live).creationTimestamp ?? "");
  const id = idOf(place.namespace, place.name);
  const dying = metadataOf(live).deletionTimestamp !== undefined;
  return new ProviderError(
    `${what} already exists${since === "" ? "" : ` since ${since}`}${makers.length === 0 ? "" : `, made by ${makers.join(", ")}`}, and this stack's state does not know it.\n${
      dying
        ? "It is being deleted: run this again when it is gone."
        : `To make it this stack's own: give its resource the option \`import: "${id}"\` for one run. If it was renamed in the program, give it an alias. Otherwise delete it, or choose another name.`
    }`,
  );
}
