import { uidOf } from "../../../readiness/object.ts";
import { type DeleteRequest, ProviderError } from "../../engine/provider.ts";
import type { PropertyMap } from "../../engine/values.ts";
import { annotation, DELETION_PROPAGATION, isAnnotated, SKIP_AWAIT } from "./annotations.ts";
import { UnknownKindError } from "./api/errors.ts";
import type { Session } from "./cluster-provider.ts";
import { failure } from "./failure.ts";
import { gvkOf, parseId } from "./gvk.ts";
import { timeoutOf } from "./settle.ts";

/** Kinds whose deletion is not waited for under skipAwait (as pulumi-kubernetes has it; for the others the annotation means readiness only). */
const SKIPPABLE = new Set(["Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"]);

export async function deleteObject(session: Session, request: DeleteRequest): Promise<void> {
  const { id, inputs, outputs, signal, type } = request;
  const gvk = gvkOf(Object.keys(inputs).length > 0 ? inputs : outputs, type);
  const { name, namespace } = parseId(id);
  const what = `${gvk?.kind ?? type} ${id}`;
  try {
    const client = await session.client();
    const resource = await client.resourceOf(gvk!, signal);
    const place = { resource, namespace: resource.namespaced ? namespace || "default" : undefined, name };
    const live = await client.get(place, signal);
    if (live === undefined) return;
    // By its uid: a request that is carried out late, after it was repeated, must not delete what bears the name by then.
    if (!(await client.delete(place, { propagationPolicy: propagation(inputs), uid: uidOf(live) }, signal))) return;
    if (isAnnotated(inputs, SKIP_AWAIT) && SKIPPABLE.has(gvk!.kind)) return;
    const { awaitGone } = await import("./await/gone.ts");
    const held = await awaitGone({ client, place, uid: uidOf(live), timeoutSeconds: timeoutOf(request, inputs), signal });
    if (held !== undefined) {
      throw new ProviderError(`${what}: its deletion was asked for, and it is ${held}`, {
        partial: { id, outputs },
      });
    }
  } catch (error) {
    if (error instanceof UnknownKindError) return; // its definition is gone, and all its objects with it
    throw failure(error, what, "delete", inputs, outputs);
  }
}

/** Foreground unless the object says otherwise: dependents go first, so that gone means all gone. */
function propagation(inputs: PropertyMap): string {
  const policy = annotation(inputs, DELETION_PROPAGATION)?.toLowerCase();
  return policy === "orphan" ? "Orphan" : policy === "background" ? "Background" : "Foreground";
}
