import type {
  V1CustomResourceDefinition,
  V1Ingress,
  V1Namespace,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1ResourceQuota,
  V1Secret,
  V1Service,
} from "@kubernetes/client-node";
import type { KubeObject } from "../../../../readiness/object.ts";
import { final, READY, type Verdict, type View, waiting } from "../../../../readiness/verdict.ts";

const as = <T>(object: KubeObject): T => object as unknown as T;

export function judgeNamespace({ object }: View): Verdict {
  const phase = as<V1Namespace>(object).status?.phase;
  if (phase === "Active") return READY;
  return phase === "Terminating"
    ? waiting(phase, [final("Terminating", "the namespace is being deleted: wait until it is gone, then run this again")])
    : waiting(phase ?? "Pending");
}

/** Only a load balancer's address is waited for: a ClusterIP serves at once, and who stands behind it is the workload's own readiness. */
export function judgeService({ object }: View): Verdict {
  const service = as<V1Service>(object);
  if (service.spec?.type !== "LoadBalancer" || (service.status?.loadBalancer?.ingress?.length ?? 0) > 0) return READY;
  return waiting("waiting for its load balancer's address");
}

export function judgeIngress({ object }: View): Verdict {
  const ingress = as<V1Ingress>(object);
  if ((ingress.status?.loadBalancer?.ingress?.length ?? 0) > 0) return READY;
  const name = ingress.spec?.ingressClassName;
  return waiting(
    `waiting for its address (is a controller of ingress class ${name === undefined ? "(default)" : `"${name}"`} running? it may also never write one: then set the annotation pulumi.com/skipAwait)`,
  );
}

export function judgeClaim({ object }: View): Verdict {
  const { status } = as<V1PersistentVolumeClaim>(object);
  if (status?.phase === "Bound") return READY;
  return waiting(
    `${status?.phase ?? "Pending"}: waiting for a volume`,
    status?.phase === "Lost" ? [final("Lost", "its volume is gone: restore the volume, or delete the claim")] : [],
  );
}

export function judgeVolume({ object }: View): Verdict {
  const { status } = as<V1PersistentVolume>(object);
  if (status?.phase === "Available" || status?.phase === "Bound") return READY;
  return waiting(status?.phase ?? "Pending", status?.phase === "Failed" ? [final("Failed", status.message ?? "the volume failed")] : []);
}

/** Pods are refused ("status unknown for quota") until the quota's usage has been computed. */
export function judgeQuota({ object }: View): Verdict {
  const { spec, status } = as<V1ResourceQuota>(object);
  const counted = status?.hard ?? {};
  return Object.entries(spec?.hard ?? {}).every(([key, value]) => counted[key] === value)
    ? READY
    : waiting("waiting for its usage to be computed");
}

/** The token of a service account's Secret is filled in by a controller. */
export function judgeSecret({ object }: View): Verdict {
  const { type, data } = as<V1Secret>(object);
  return type !== "kubernetes.io/service-account-token" || data?.token !== undefined ? READY : waiting("waiting for its token");
}

/** Its objects can be created once it is established. */
export function judgeDefinition({ object }: View): Verdict {
  const conditions = as<V1CustomResourceDefinition>(object).status?.conditions ?? [];
  if (conditions.some(({ type, status }) => type === "Established" && status === "True")) return READY;
  const clash = conditions.find(({ type, status }) => type === "NamesAccepted" && status === "False");
  return waiting(
    "waiting to be established",
    clash === undefined ? [] : [final(clash.reason ?? "NamesNotAccepted", clash.message ?? "its names are taken")],
  );
}
