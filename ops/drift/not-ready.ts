import { isRecord, type Json } from "../report/diff.ts";

/** What is as it was applied and yet does not work: a matter of `why` and `watch`, not of drift. */
export interface NotReady {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly reason: string;
}

export function notReady(live: Json): NotReady[] {
  const { name, namespace } = (isRecord(live.metadata) ? live.metadata : {}) as Record<string, string>;
  const reason = reasonOf(live);
  if (reason === undefined) return [];
  return [{ kind: String(live.kind), ...(namespace === undefined ? {} : { namespace }), name: String(name), reason }];
}

function reasonOf({ kind, spec, status }: Json): string | undefined {
  if (!isRecord(spec)) return undefined;
  const now = isRecord(status) ? status : {};
  if (kind === "Deployment" || kind === "StatefulSet") {
    const wanted = Number(spec.replicas ?? 1);
    const available = Number((kind === "Deployment" ? now.availableReplicas : now.readyReplicas) ?? 0);
    return available < wanted ? `${available} of ${wanted} pods ready` : undefined;
  }
  const failed = (Array.isArray(now.conditions) ? now.conditions.filter(isRecord) : []).find(
    ({ type, status: is }) => type === "Failed" && is === "True",
  );
  if (kind === "Job" && failed !== undefined) return String(failed.message ?? failed.reason ?? "failed");
  if (kind === "PersistentVolumeClaim" && now.phase === "Lost") return "its volume is lost";
  return undefined;
}
