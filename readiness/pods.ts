import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { GRACE } from "./graces.ts";
import type { KubeObject } from "./object.ts";
import type { Fault } from "./verdict.ts";

export interface PodRules {
  /** Jobs count their own failures: a container that crashes is not yet a Job that failed. */
  crashesAreFinal: boolean;
}

/** What the pods report against themselves, one fault for each container and reason however many pods have it. */
export function podFaults(pods: readonly KubeObject[], rules: PodRules = { crashesAreFinal: true }): Fault[] {
  const found = new Map<string, { fault: Fault; pods: number }>();
  for (const pod of pods) {
    for (const fault of faultsOfPod(pod as unknown as V1Pod, rules)) {
      const known = found.get(fault.key);
      if (known === undefined) found.set(fault.key, { fault, pods: 1 });
      else known.pods += 1;
    }
  }
  return [...found.values()].map(({ fault, pods: count }) =>
    count === 1 ? fault : { ...fault, message: `${fault.message} (${count} pods alike)` },
  );
}

function faultsOfPod(pod: V1Pod, rules: PodRules): Fault[] {
  if (pod.metadata?.deletionTimestamp !== undefined) return [];
  const name = pod.metadata?.name ?? "?";
  const faults: Fault[] = [];
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  );
  if (unscheduled !== undefined) {
    faults.push({
      key: "Unschedulable",
      reason: "Unschedulable",
      message: `pod ${name} fits on no node: Unschedulable: ${unscheduled.message ?? "no reason given"}; lower its requests, or add nodes`,
      graceSeconds: GRACE.unschedulable,
    });
  }
  for (const status of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
    const fault = containerFault(status, name, pod.metadata?.namespace ?? "default", rules);
    if (fault !== undefined) faults.push(fault);
  }
  if (pod.status?.phase === "Failed" && rules.crashesAreFinal) {
    const why = [pod.status.reason, pod.status.message].filter(Boolean).join(": ");
    faults.push({
      key: "PodFailed",
      reason: "PodFailed",
      message: `pod ${name} failed${why ? `: ${why}` : ""}${terminations(pod)}`,
      graceSeconds: GRACE.podFailed,
    });
  }
  return faults;
}

function containerFault(status: V1ContainerStatus, pod: string, namespace: string, rules: PodRules): Fault | undefined {
  const waiting = status.state?.waiting;
  const reason = waiting?.reason;
  if (waiting === undefined || reason === undefined) return undefined;
  const where = `container "${status.name}" of pod ${pod}`;
  const said = `${reason}${waiting.message ? `: ${waiting.message}` : ""}`;
  switch (reason) {
    case "ErrImagePull":
    case "ImagePullBackOff":
    case "ImageInspectError":
    case "RegistryUnavailable":
      return {
        key: `image/${status.name}`,
        reason,
        message: `${where} cannot pull image "${status.image}": ${said}; check that the tag or digest exists in the registry, and that the cluster may pull from it`,
        graceSeconds: pullGrace(waiting.message ?? ""),
      };
    case "InvalidImageName":
      return at(`${where} names no image: ${said}; correct "${status.image}"`);
    case "ErrImageNeverPull":
      return at(
        `${where} may not pull image "${status.image}", which its node does not hold: ${said}; set imagePullPolicy to IfNotPresent or Always`,
      );
    case "CreateContainerConfigError":
      return at(`${where} cannot be configured: ${said}; create what it refers to, or correct the name or key`);
    case "CreateContainerError":
    case "RunContainerError":
    case "StartError":
      return at(`${where} cannot be started: ${said}; check its command, user and volumes`);
    case "CrashLoopBackOff": {
      if (!rules.crashesAreFinal) return undefined;
      const { restartCount } = status;
      return at(
        `${where} crashes again and again: ${said}${lastExit(status)}; restarted ${restartCount} ${restartCount === 1 ? "time" : "times"}; read \`kubectl logs -n ${namespace} ${pod} -c ${status.name} --previous\``,
      );
    }
    default:
      return undefined; // ContainerCreating, PodInitializing
  }
  function at(message: string): Fault {
    return { key: `${reason}/${status.name}`, reason: reason!, message, graceSeconds: 0 };
  }
}

function pullGrace(message: string): number {
  const said = message.replace(/"[^"]*"/g, ""); // an image's name or digest may hold any word or number
  if (/unauthorized|forbidden|denied|authenticat|authoriz|\b40[13]\b/i.test(said)) return GRACE.imageAccess;
  if (/timeout|timed out|no such host|refused|reset|unreachable|TLS|certificate|too many requests|\b(429|50\d)\b/i.test(said))
    return GRACE.imageAccess;
  if (/not ?found|manifest unknown|does not exist|name unknown|no such image/i.test(said)) return GRACE.imageNotFound;
  return GRACE.imagePull;
}

/** `; last exit: Error, code 1: message` */
function lastExit(status: V1ContainerStatus): string {
  const ended = status.lastState?.terminated ?? status.state?.terminated;
  if (ended === undefined) return "";
  const signal = ended.signal ? `, signal ${ended.signal}` : "";
  return `; last exit: ${ended.reason ?? "unknown"}, code ${ended.exitCode}${signal}${ended.message ? `: ${ended.message.trim()}` : ""}`;
}

/** How the containers of a pod that is over ended: `; container "m": Error, code 3: message`. */
export function terminations(pod: V1Pod): string {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    .flatMap((status) => {
      const ended = status.state?.terminated ?? status.lastState?.terminated;
      if (ended === undefined || ended.exitCode === 0) return [];
      return [
        `; container "${status.name}": ${ended.reason ?? "Error"}, code ${ended.exitCode}${ended.message ? `: ${ended.message.trim()}` : ""}`,
      ];
    })
    .join("");
}

export const isPodReady = (pod: KubeObject): boolean =>
  (pod as unknown as V1Pod).status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;

/** Why pods without any fault are not ready: the last thing to say when time runs out. */
export function unreadyPods(pods: readonly KubeObject[]): string[] {
  return pods
    .filter((pod) => !isPodReady(pod))
    .map((pod) => pod as unknown as V1Pod)
    .filter((pod) => pod.metadata?.deletionTimestamp === undefined && pod.status?.phase !== "Succeeded")
    .map((pod) => {
      const unready = (pod.status?.containerStatuses ?? []).filter(({ ready }) => !ready);
      const running = unready.filter(({ state }) => state?.running !== undefined).map(({ name }) => `"${name}"`);
      const name = pod.metadata?.name ?? "?";
      if (running.length > 0)
        return `container ${running.join(", ")} of pod ${name} runs, but its readiness probe has not passed; check the probe's path and port, and what the container waits for`;
      const held = unready.map(({ name, state }) => `"${name}" (${state?.waiting?.reason ?? "not started"})`);
      return `pod ${name} is ${pod.status?.phase ?? "Pending"}${held.length > 0 ? `: container ${held.join(", ")}` : ""}`;
    });
}
