import type { Ready } from "../live.ts";
import { at, isRecord } from "./diff.ts";
import { shortImage } from "./image.ts";
import type { Seen } from "./inventory.ts";
import { replicasOf } from "./requests.ts";
import { isKubernetes, kindOf } from "./urn.ts";

/** One line of "what runs where". */
export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  /** `undefined` when nobody could be asked. */
  readonly ready: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly image: string;
  readonly url: string | undefined;
}

const KINDS = new Set(["Deployment", "StatefulSet", "DaemonSet", "CronJob"]);

/** The services of an environment, from what the run saw, what the cluster says and the stack's outputs. */
export function servicesOf(seen: readonly Seen[], ready: Ready, outputs: Record<string, unknown>): Service[] {
  const present = seen.filter((s) => isKubernetes(s.type) && s.new?.inputs && s.op !== "delete");
  const scalers = present.filter((s) => kindOf(s.type) === "HorizontalPodAutoscaler").map((s) => s.new?.inputs);
  return present
    .filter((s) => KINDS.has(kindOf(s.type)))
    .map((s) => {
      const inputs = s.new?.inputs;
      const kind = kindOf(s.type);
      const [name, namespace] = [String(at(inputs, ["metadata", "name"])), String(at(inputs, ["metadata", "namespace"]) ?? "default")];
      const replicas = kind === "CronJob" || kind === "DaemonSet" ? { min: 0, max: 0 } : replicasOf(inputs, kind, scalers);
      return {
        name,
        namespace,
        kind,
        ready: ready.get(`${kind}/${namespace}/${name}`),
        ...replicas,
        image: image(inputs),
        url: urlOf(outputs, name),
      };
    })
    .sort((a, b) => a.kind.localeCompare(b.kind, "en") || a.name.localeCompare(b.name, "en"));
}

function image(inputs: unknown): string {
  const template = at(inputs, ["spec", "jobTemplate", "spec", "template"]) ?? at(inputs, ["spec", "template"]);
  const containers = isRecord(template) && isRecord(template.spec) ? template.spec.containers : undefined;
  const first = Array.isArray(containers) ? (containers[0] as unknown) : undefined;
  return isRecord(first) && typeof first.image === "string" ? shortImage(first.image) : "";
}

/** The stack's output `urls`: service to address. */
function urlOf(outputs: Record<string, unknown>, name: string): string | undefined {
  const url = at(outputs, ["urls", name]);
  return typeof url === "string" ? url : undefined;
}

export function serviceRow(service: Service): string[] {
  const scheduled = service.kind === "CronJob" || service.kind === "DaemonSet";
  const wanted = service.min === service.max ? `${service.min}` : `${service.min}..${service.max}`;
  return [service.name, service.kind, scheduled ? "-" : `${service.ready ?? "?"} of ${wanted}`, service.image, service.url ?? "-"];
}
