import type { FindRequest } from "../../engine/provider.ts";
import type { PropertyMap } from "../../engine/values.ts";
import { isOurOrphan } from "./adopt.ts";
import { UnknownKindError } from "./api/errors.ts";
import { checkpoint } from "./checkpoint.ts";
import type { Session } from "./cluster-provider.ts";
import { newFieldManager, submission } from "./create.ts";
import { describe, failure } from "./failure.ts";
import { gvkOf, idOf } from "./gvk.ts";

/** The object that an interrupted creation with these inputs left behind, if there is one and it bears the marks of that creation. */
export async function findObject(session: Session, request: FindRequest): Promise<{ id: string; outputs: PropertyMap } | undefined> {
  const { inputs, signal, type } = request;
  const what = describe(inputs, type);
  try {
    const client = await session.client();
    const object = submission(inputs);
    const place = await client.placeOf(object, gvkOf(inputs, type)!, signal);
    const live = await client.get(place, signal);
    if (live === undefined || !isOurOrphan(live, inputs)) return undefined;
    request.log("info", `${what}: adopting it: an interrupted run of this stack had created it`);
    const outputs = checkpoint({ inputs, live, fieldManager: newFieldManager(inputs), initialApiVersion: String(object.apiVersion) });
    return { id: idOf(place.namespace, place.name), outputs };
  } catch (error) {
    if (error instanceof UnknownKindError) return undefined;
    throw failure(error, what, "read", inputs);
  }
}
