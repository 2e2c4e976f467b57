import type { ApplicationSettings } from "../application.schema.ts";
import type { Finding } from "../faults.ts";
import { seconds } from "../primitives.ts";
import type { ServiceSettings } from "../workload.schema.ts";

/** Names that the environment's own Jobs and their accounts carry. */
const reserved = ["backup", "copy", "drill", "migrate", "reset", "restore", "smoke"];

/** Rules of one service and between services. */
export const checkServices = (application: ApplicationSettings): Finding[] => [
  ...checkNames(application),
  ...application.services.flatMap((service, index) => [
    ...checkService(service).map((finding) => at(index, finding)),
    ...checkReferences(service, application).map((finding) => at(index, finding)),
  ]),
];

type Local = { path: PropertyKey[]; message: string };
const at = (index: number, { path, message }: Local): Finding => ({ part: "application", path: ["services", index, ...path], message });

export function checkNames({ services }: Pick<ApplicationSettings, "services">): Finding[] {
  return services.flatMap(({ name }, index) => {
    const first = services.findIndex((service) => service.name === name);
    if (first !== index)
      return [at(index, { path: ["name"], message: `"${name}" is also the name of services[${first}]: give one of them another name` })];
    if (reserved.includes(name))
      return [at(index, { path: ["name"], message: `"${name}" names a Job of the environment itself: choose another name` })];
    return [];
  });
}

export function checkService(service: ServiceSettings): Local[] {
  const found: Local[] = [];
  if (service.kind !== "worker" && service.probes.readiness === service.probes.liveness) {
    found.push({
      path: ["probes"],
      message: "readiness and liveness must ask different paths: a slow dependency would restart the container",
    });
  }
  if (seconds(service.settle) >= seconds(service.progress)) {
    found.push({ path: ["progress"], message: "must be longer than settle: no pod could become available in time" });
  }
  if (seconds(service.drain) >= seconds(service.grace)) {
    found.push({ path: ["grace"], message: "must be longer than drain, which is part of it" });
  }
  return found;
}

function checkReferences(service: ServiceSettings, application: ApplicationSettings): Local[] {
  const found: Local[] = [];
  for (const [kind, declared] of [["config", application.config] as const, ["secrets", application.secrets] as const]) {
    service[kind].forEach((set, index) => {
      if (!Object.hasOwn(declared, set))
        found.push({ path: [kind, index], message: `"${set}" is not declared: add it to application.${kind}` });
    });
  }
  service.calls.forEach((name, index) => {
    const callee = application.services.find((other) => other.name === name);
    if (callee === undefined) found.push({ path: ["calls", index], message: `there is no service "${name}"` });
    else if (callee.kind === "worker") found.push({ path: ["calls", index], message: `"${name}" is a worker: it listens on no port` });
  });
  return [...found, ...checkVariables(service, application)];
}

/** Two sets that give one service the same environment variable: which one wins would be an accident. */
function checkVariables(service: ServiceSettings, application: ApplicationSettings): Local[] {
  const owner = new Map<string, string>();
  const sets = [
    ...service.config.map((name) => [name, application.config[name]] as const),
    ...service.secrets.map((name) => [name, application.secrets[name]] as const),
  ];
  return sets.flatMap(([name, set]) => {
    if (set === undefined || set.as === "files") return [];
    return Object.keys(set.keys).flatMap((key) => {
      const other = owner.get(key);
      owner.set(key, name);
      return other === undefined
        ? []
        : [{ path: ["config"], message: `both "${other}" and "${name}" set the environment variable ${key}: rename one` }];
    });
  });
}
