import { UserError } from "../../../ops/user-error.ts";
import type { ReadRequest } from "../../engine/provider.ts";
import { isMap, type PropertyMap, reveal } from "../../engine/values.ts";
import { isAnnotated, metadataOf, nameOf, namespaceOf, SKIP_AWAIT } from "./annotations.ts";
import { UnknownKindError } from "./api/errors.ts";
import { awaiterOf } from "./await/awaiters.ts";
import { checkpoint, parseCheckpoint } from "./checkpoint.ts";
import type { Session } from "./cluster-provider.ts";
import { newFieldManager } from "./create.ts";
import { failure } from "./failure.ts";
import { apiVersionOf, gvkOf, idOf, parseId } from "./gvk.ts";
import { normalize } from "./normalize.ts";
import { prune } from "./prune.ts";
import { toSdkKeys } from "./sdk-keys.ts";
import { markSecrets, scrub } from "./secrets.ts";

type ReadResult = { id: string; inputs: PropertyMap; outputs: PropertyMap; initErrors?: string[] };

/** The live object, and of it what the old inputs speak of. What is not ready now is said in `initErrors`; nothing is waited for. */
export async function readObject(session: Session, request: ReadRequest): Promise<ReadResult | undefined> {
  const { id, type, signal } = request;
  const { name, namespace } = parseId(id);
  const known = isMap(request.inputs) && Object.keys(request.inputs).length > 0 ? request.inputs : undefined;
  const gvk = gvkOf(known ?? {}, type);
  if (gvk === undefined || name === "")
    throw new UserError(`cannot read ${type} "${id}": an id reads "namespace/name", or "name" for what has no namespace`);
  const what = `${gvk.kind} ${id}`;
  try {
    const client = await session.client();
    const resource = await client.resourceOf(gvk, signal);
    const place = { resource, namespace: resource.namespaced ? namespace || "default" : undefined, name };
    const live = await client.get(place, signal);
    if (live === undefined) return undefined;
    const old = parseCheckpoint(request.outputs ?? {});
    const declared = known ?? identity(apiVersionOf(gvk), gvk.kind, live);
    const inputs = markSecrets(prune(toSdkKeys(live), normalize(reveal(declared) as PropertyMap)), declared);
    const outputs = checkpoint({
      inputs,
      live: request.declaredOnly ? (reveal(inputs) as PropertyMap) : live,
      fieldManager: old.fieldManager ?? newFieldManager(inputs),
      initialApiVersion: old.initialApiVersion ?? String(declared.apiVersion),
    });
    const initErrors =
      known === undefined || request.declaredOnly || isAnnotated(declared, SKIP_AWAIT)
        ? []
        : unready(live).map((reason) => scrub(`${what}: ${reason}`, declared));
    return { id: idOf(place.namespace, name), inputs, outputs, ...(initErrors.length > 0 ? { initErrors } : {}) };
  } catch (error) {
    if (error instanceof UnknownKindError) return undefined; // its definition is gone, and all its objects with it
    throw failure(error, what, "read", request.inputs ?? {}, request.outputs ?? {});
  }
}

/** Inputs of an import: who it is, and nothing else (recorded: the update after it then sets what the program declares). */
function identity(apiVersion: string, kind: string, live: PropertyMap): PropertyMap {
  const namespace = namespaceOf(live);
  return {
    apiVersion,
    kind,
    metadata: { name: nameOf(live) ?? String(metadataOf(live).name), ...(namespace === undefined ? {} : { namespace }) },
  };
}

function unready(live: PropertyMap): string[] {
  const awaiter = awaiterOf(live);
  if (awaiter === undefined || live.kind === "PersistentVolumeClaim" || live.kind === "Ingress") return [];
  const verdict = awaiter.judge({ object: live, pods: [], replicaSets: [], events: [] });
  return verdict.ready ? [] : [...verdict.faults.map(({ message }) => message), `not ready: ${verdict.progress}`];
}
