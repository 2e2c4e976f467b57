import { ProviderError, type UpdateRequest } from "../../engine/provider.ts";
import { hasUnknown, type PropertyMap } from "../../engine/values.ts";
import { annotation, metadataOf, PATCH_FIELD_MANAGER } from "./annotations.ts";
import { ApiError, UnknownKindError } from "./api/errors.ts";
import { applyInputs, relinquish } from "./apply.ts";
import { checkpoint, parseCheckpoint } from "./checkpoint.ts";
import type { Session } from "./cluster-provider.ts";
import { newFieldManager, submission } from "./create.ts";
import { describe, failure, isAccessDenied } from "./failure.ts";
import { gvkOf, parseId } from "./gvk.ts";
import { settle } from "./settle.ts";

export async function updateObject(session: Session, request: UpdateRequest): Promise<{ outputs: PropertyMap }> {
  const { newInputs, oldOutputs, preview, type } = request;
  const unseen = { outputs: newInputs };
  if (preview && hasUnknown(newInputs)) return unseen;
  const what = describe(newInputs, type);
  try {
    return await update(session, request, what);
  } catch (error) {
    if (preview && (error instanceof UnknownKindError || (error instanceof ApiError && isAccessDenied(error)))) return unseen;
    throw failure(error, what, "update", newInputs, oldOutputs);
  }
}

async function update(session: Session, request: UpdateRequest, what: string): Promise<{ outputs: PropertyMap }> {
  const { newInputs, oldOutputs, id, preview, signal, type } = request;
  const client = await session.client();
  const object = submission(newInputs);
  const old = parseCheckpoint(oldOutputs);
  const place = { ...(await client.placeOf(object, gvkOf(newInputs, type)!, signal)), name: parseId(id).name };
  const live = await client.get(place, signal);
  if (live === undefined) {
    throw new ProviderError(`${what} is gone from the cluster, though state still has it: run a refresh, and then \`up\` creates it anew`);
  }
  const fieldManager = annotation(newInputs, PATCH_FIELD_MANAGER) ?? old.fieldManager ?? newFieldManager(newInputs);
  const initialApiVersion = old.initialApiVersion ?? String(object.apiVersion);
  const applied = await applyInputs(client, place, live, { ...request, fieldManager, what, options: session.options });
  if (preview) {
    const { status: _status, ...shown } = applied;
    const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...metadata } = metadataOf(applied);
    return { outputs: checkpoint({ inputs: newInputs, live: { ...shown, metadata }, fieldManager, initialApiVersion }) };
  }
  const settled = await settle(client, place, request, {
    inputs: newInputs,
    object: applied,
    existed: true,
    fieldManager,
    initialApiVersion,
    what,
  });
  if (old.fieldManager !== undefined && old.fieldManager !== fieldManager)
    await relinquish(client, place, applied, old.fieldManager, signal);
  return { outputs: settled.outputs };
}
