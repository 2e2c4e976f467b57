import { GRACE } from "./graces.ts";
import type { Fault } from "./verdict.ts";

/** A controller may not make a pod: Pod Security is final, a quota may come free while old pods end. */
export function failedCreate(message: string): Fault {
  const fault = { key: "FailedCreate", reason: "FailedCreate" };
  if (/violates PodSecurity/.test(message)) {
    return {
      ...fault,
      message: `no pod may be created: ${message}; set the securityContext that the namespace's Pod Security level asks for`,
      graceSeconds: 0,
    };
  }
  if (/exceeded quota|must specify|failed quota/.test(message)) {
    return {
      ...fault,
      message: `no pod may be created: ${message}; raise the ResourceQuota, or lower requests, limits or replicas`,
      graceSeconds: GRACE.quota,
    };
  }
  return { ...fault, message: `no pod may be created: ${message}`, graceSeconds: GRACE.failedCreate };
}
