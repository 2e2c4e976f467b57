import type { Json } from "../report/diff.ts";
import { type ClusterApi, collection, itemPath, Refused, type Served } from "./cluster-api.ts";
import { subjectName } from "./finding.ts";
import type { Remedy } from "./fix-plan.ts";
import { remove } from "./removal.ts";

/** What the API server says when a test of a JSON patch fails (apiserver, endpoints/handlers/patch.go: an Invalid without causes). */
const TEST_FAILED = "the server rejected our request due to an error in our request";

export interface Fixed {
  readonly subject: string;
  readonly findings: number;
  /** Why it was not put back. */
  readonly failed?: string;
}

/** The next update takes over what this manager set, as it does what a first create set (facts: pulumi-kubernetes, fixCSAFieldManagers). */
const MANAGER = "fieldManager=pulumi-kubernetes";

/** Puts one object back. An object that changed since it was read is left alone: the patch tests its resourceVersion. */
export async function apply(
  api: ClusterApi,
  remedy: Exclude<Remedy, { kind: "none" }>,
  kinds: readonly Served[],
  signal: AbortSignal,
): Promise<Fixed> {
  const { subject, findings } = remedy;
  const done = { subject: subjectName(subject), findings };
  const served = kinds.find(({ apiVersion, kind }) => apiVersion === subject.apiVersion && kind === subject.kind);
  if (served === undefined) return { ...done, failed: `the cluster serves no ${subject.kind} of ${subject.apiVersion} any more` };
  const path = itemPath(served, subject.namespace, subject.name);
  const create = (object: Json) => api.call({ method: "POST", path: `${collection(served, subject.namespace)}?${MANAGER}`, body: object });
  try {
    if (remedy.kind === "create") await create(remedy.object);
    else if (remedy.kind === "patch")
      await api.call({ method: "PATCH", path: `${path}?${MANAGER}`, contentType: "application/json-patch+json", body: remedy.operations });
    else {
      const still = await remove(api, path, remedy.live, signal);
      if (still !== undefined) return { ...done, failed: still };
      if (remedy.kind === "replace") await create(remedy.object);
    }
    return done;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const moved = error.code === 409 || error.message === TEST_FAILED;
    return { ...done, failed: moved ? "it changed since it was read: look again" : error.message };
  }
}
