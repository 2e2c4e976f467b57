import { bytes, millicores } from "../../../components/quantities.ts";
import { quantity } from "../../../readiness/quantity.ts";
import type { Json } from "../../report/diff.ts";
import { listAt, mapAt, type Note, numberAt, textAt } from "./objects.ts";
import { bytesText, cpuText } from "./quantities.ts";

/** Parts of a pod template that settings say, or that Liftlock sets itself; all others have no word in the settings. */
const POD = new Set([
  "containers",
  "volumes",
  "terminationGracePeriodSeconds",
  "automountServiceAccountToken",
  "enableServiceLinks",
  "affinity",
  "topologySpreadConstraints",
]);
const CONTAINER = new Set([
  "name",
  "image",
  "imagePullPolicy",
  "command",
  "args",
  "env",
  "envFrom",
  "ports",
  "resources",
  "volumeMounts",
  "readinessProbe",
  "livenessProbe",
  "startupProbe",
  "terminationMessagePath",
  "terminationMessagePolicy",
]);
const DEFAULTS: Readonly<Record<string, unknown>> = {
  dnsPolicy: "ClusterFirst",
  restartPolicy: "Always",
  schedulerName: "default-scheduler",
  serviceAccountName: "default",
  serviceAccount: "default",
};
/** Set by Liftlock for every pod, to the restricted Pod Security standard. */
const HARDENED = new Set(["securityContext"]);

/** Why these pods cannot be a service's; nothing is proposed for them then. */
export function obstacle(pod: Json): string | undefined {
  const containers = listAt(pod, "containers");
  if (containers.length !== 1) return `spec.template.spec.containers: it has ${containers.length}, and a service has one`;
  if (listAt(pod, "initContainers").length > 0)
    return "spec.template.spec.initContainers: a service has none; what prepares a database is application.database.migration";
  for (const key of ["hostNetwork", "hostPID", "hostIPC"])
    if (pod[key] === true) return `spec.template.spec.${key}: the restricted Pod Security standard refuses it`;
  for (const [i, volume] of listAt(pod, "volumes").entries()) {
    if (volume.hostPath !== undefined) return `spec.template.spec.volumes[${i}].hostPath: the restricted Pod Security standard refuses it`;
    if (volume.persistentVolumeClaim !== undefined)
      return `spec.template.spec.volumes[${i}].persistentVolumeClaim: what keeps data is a StatefulSet in Liftlock (kind stateful), and a Deployment cannot become one`;
  }
  const privileged = mapAt(containers[0], "securityContext");
  if (privileged.privileged === true)
    return "spec.template.spec.containers[0].securityContext.privileged: the restricted Pod Security standard refuses it";
  return undefined;
}

/** Fields of the template that nothing in the settings stands for. */
export function lost(title: string, template: Json, service: string): Note[] {
  const pod = mapAt(template, "spec");
  const container = listAt(pod, "containers")[0] ?? {};
  const isSaid = (value: unknown) =>
    value !== undefined && value !== null && JSON.stringify(value) !== "{}" && JSON.stringify(value) !== "[]";
  const notes: Note[] = [];
  const add = (field: string, why: string) => notes.push({ object: title, field: `spec.template.${field}`, why });
  for (const [key, value] of Object.entries(pod)) {
    if (POD.has(key) || HARDENED.has(key) || !isSaid(value) || DEFAULTS[key] === value || key === "serviceAccount") continue;
    if (key === "serviceAccountName" && value === service) continue; // an account of that name goes on as the service's own
    if (key === "serviceAccountName")
      add(`spec.${key}`, `its pods get an account of their own, without rights: what ${String(value)} may do, they may not`);
    else if (key === "imagePullSecrets") add(`spec.${key}`, "there is no word for it: let the nodes, or the registry, see to it");
    else add(`spec.${key}`, "settings have no word for it");
  }
  for (const key of Object.keys(container))
    if (!CONTAINER.has(key) && !HARDENED.has(key) && isSaid(container[key]) && !(key === "lifecycle" && drainOf(container) !== undefined))
      add(`spec.containers[0].${key}`, "settings have no word for it");
  const uid = numberAt(container, "securityContext", "runAsUser") ?? numberAt(pod, "securityContext", "runAsUser");
  if (uid !== undefined && uid < 10_000)
    add("spec.securityContext.runAsUser", `${uid} becomes 10001: a service's user is 10000 or more (services[].uid)`);
  for (const volume of listAt(pod, "volumes")) {
    const mount = listAt(container, "volumeMounts").find(({ name }) => name === volume.name);
    if (volume.configMap !== undefined || volume.secret !== undefined || volume.persistentVolumeClaim !== undefined) continue;
    if (volume.emptyDir !== undefined && mount?.mountPath === "/tmp") continue;
    add("spec.volumes", `volume ${String(volume.name)} at ${String(mount?.mountPath ?? "(nowhere)")}: pods may write to /tmp alone`);
  }
  for (const key of Object.keys(mapAt(template, "metadata", "annotations")))
    if (key !== "kubectl.kubernetes.io/restartedAt") add(`metadata.annotations["${key}"]`, "settings have no word for it");
  return notes;
}

/** Seconds that a pod waits before it stops, where that is all that it does. */
export function drainOf(container: Json): number | undefined {
  const seconds = numberAt(container, "lifecycle", "preStop", "sleep", "seconds");
  return seconds !== undefined && Object.keys(mapAt(container, "lifecycle")).length === 1 ? seconds : undefined;
}

/** Requests and limits as settings write them; what is not said is proposed, and noted. */
export function resourcesOf(title: string, container: Json): { resources: Json; notes: Note[] } {
  const missing: string[] = [];
  const side = (kind: "requests" | "limits") => {
    const given = mapAt(container, "resources", kind);
    const [cpu, memory, ephemeral] = ["cpu", "memory", "ephemeral-storage"].map((key) => quantity(given[key]));
    if (cpu === undefined) missing.push(`${kind}.cpu`);
    if (memory === undefined) missing.push(`${kind}.memory`);
    return { cpu: cpu && cpuText(cpu), memory: memory && bytesText(memory), ephemeralStorage: ephemeral && bytesText(ephemeral) };
  };
  const [requests, limits] = [side("requests"), side("limits")];
  const least = { cpu: requests.cpu || limits.cpu || "100m", memory: requests.memory || limits.memory || "128Mi" };
  const most = {
    cpu: limits.cpu || cpuText(Math.max(0.5, (millicores(least.cpu) / 1000) * 2)),
    memory: limits.memory || bytesText(Math.max(512 * 2 ** 20, bytes(least.memory))),
  };
  const own = (text: string | number | undefined) => (text ? { ephemeralStorage: text } : {});
  return {
    resources: { requests: { ...least, ...own(requests.ephemeralStorage) }, limits: { ...most, ...own(limits.ephemeralStorage) } },
    notes:
      missing.length === 0
        ? []
        : [
            {
              object: title,
              field: "spec.template.spec.containers[0].resources",
              why: `says no ${missing.join(", ")}: the settings propose some`,
            },
          ],
  };
}

export interface Image {
  readonly repository: string;
  readonly reference: string;
}

/** Repository and whole reference of an image, spelt out: `nginx:1.27` is docker.io/library/nginx:1.27. */
export function imageOf(image: string, running: string | undefined): Image | undefined {
  const [path, digest] = image.split("@") as [string, string?];
  const colon = path.lastIndexOf(":") > path.lastIndexOf("/") ? path.lastIndexOf(":") : -1;
  const [short, tag] = colon < 0 ? [path, undefined] : [path.slice(0, colon), path.slice(colon + 1)];
  const first = short.split("/")[0]!;
  const isHost = short.includes("/") && (/[.:]/.test(first) || first === "localhost");
  const repository = isHost ? short : `docker.io/${short.includes("/") ? short : `library/${short}`}`;
  const pinned = digest ?? (/@(sha256:[0-9a-f]{64})$/.exec(running ?? "")?.[1] as string | undefined);
  // What runs has a digest, and a name with it cannot lead elsewhere tomorrow.
  const version = tag === undefined || tag === "latest" ? "" : `:${tag}`;
  if (pinned !== undefined) return { repository, reference: `${repository}${version}@${pinned}` };
  return version === "" ? undefined : { repository, reference: repository + version };
}

/** Probes of a service, and what of the old ones it cannot say. */
export function probesOf(title: string, container: Json, kind: "worker" | "web"): { probes: Json; boot?: string; notes: Note[] } {
  const notes: Note[] = [];
  const read = (name: "readiness" | "liveness" | "startup") => {
    const probe = mapAt(container, `${name}Probe`);
    const field = `spec.template.spec.containers[0].${name}Probe`;
    if (Object.keys(probe).length === 0) return undefined;
    const command = Array.isArray(mapAt(probe, "exec").command) ? (mapAt(probe, "exec").command as string[]) : undefined;
    const path = probe.httpGet === undefined ? undefined : (textAt(probe, "httpGet", "path") ?? "/").split("?")[0];
    if (kind === "worker" ? command : path) return kind === "worker" ? command : path;
    notes.push({
      object: title,
      field,
      why: kind === "worker" ? "a worker's probe is a command" : "a service's probe asks a path by HTTP (probes), not this",
    });
    return undefined;
  };
  const [readiness, liveness, startup] = [read("readiness"), read("liveness"), read("startup")];
  const patience = mapAt(container, "startupProbe");
  const seconds =
    (numberAt(patience, "initialDelaySeconds") ?? 0) +
    (numberAt(patience, "failureThreshold") ?? 3) * (numberAt(patience, "periodSeconds") ?? 10);
  const boot = startup !== undefined && seconds > 60 ? { boot: `${seconds}s` } : {};
  if (kind === "worker")
    return { probes: { readiness: readiness ?? ["true"], liveness: liveness ?? ["true"], ...(startup && { startup }) }, ...boot, notes };
  const ready = readiness ?? (liveness === "/health/ready" ? "/ready" : "/health/ready");
  const alive = liveness !== undefined && liveness !== ready ? liveness : ready === "/health/live" ? "/live" : "/health/live";
  const asks = [...(readiness === undefined ? [`readiness at ${ready}`] : []), ...(alive === liveness ? [] : [`liveness at ${alive}`])];
  if (asks.length > 0)
    notes.push({
      object: title,
      field: "spec.template.spec.containers[0]",
      why: `settings ask for ${asks.join(" and ")}${liveness === ready ? " (not the path of readiness: a slow dependency would restart the pods)" : ""}: the application must answer there, or say another path in probes`,
    });
  return { probes: { readiness: ready, liveness: alive, ...(startup && startup !== alive ? { startup } : {}) }, ...boot, notes };
}
