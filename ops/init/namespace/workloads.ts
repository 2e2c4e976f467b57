import { ServiceName } from "../../../components/primitives.ts";
import { checkNames } from "../../../components/rules/services.ts";
import type { Json } from "../../report/diff.ts";
import { chooses, isA, listAt, mapAt, type Note, nameOf, numberAt, textAt, textsAt, titleOf } from "./objects.ts";
import { claimsOf, scaleOf } from "./scale.ts";
import { drainOf, type Image, imageOf, lost, obstacle, probesOf, resourcesOf } from "./template.ts";

/** A Deployment or StatefulSet that can be a service. */
export interface Candidate {
  readonly object: Json;
  readonly name: string;
  readonly kind: "web" | "worker" | "stateful";
  readonly port?: number;
  readonly image: Image;
  /** Of `application.services[]` beside name, kind, image, port. */
  readonly declared: Json;
  /** `environment.services.<name>`. */
  readonly placed: Json;
  readonly storageClass?: string;
  /** Titles of the objects that go on under its settings. */
  readonly takes: readonly string[];
  readonly notes: readonly Note[];
}
export type Judged = { readonly candidate: Candidate } | { readonly object: Json; readonly why: string };

/** Whether pods can be a service's, and which settings say what they are. */
export function judge(object: Json, objects: readonly Json[], running: (labels: Json) => string | undefined): Judged {
  const name = nameOf(object);
  const title = titleOf(object);
  const template = mapAt(object, "spec", "template");
  const pod = mapAt(template, "spec");
  const labels = textsAt(template, "metadata", "labels");
  const no = (why: string): Judged => ({ object, why });
  if (!ServiceName.safeParse(name).success) return no("metadata.name: a service's name has at most 40 characters and begins with a letter");
  if (checkNames({ services: [{ name }] as never }).length > 0)
    return no("metadata.name: this name is kept for a Job of the environment itself");
  const why = obstacle(pod);
  if (why !== undefined) return no(why);
  if (listAt(object, "spec", "selector", "matchExpressions").length > 0)
    return no("spec.selector.matchExpressions: settings name labels alone");
  const selector = textsAt(object, "spec", "selector", "matchLabels");
  const container = listAt(pod, "containers")[0]!;
  const image = imageOf(textAt(container, "image") ?? "", running(labels));
  if (image === undefined)
    return no(`spec.template.spec.containers[0].image: ${String(container.image)} says no version, and no running pod says its digest`);
  const services = objects.filter((other) => isA(other, "", "Service") && chooses(textsAt(other, "spec", "selector"), labels));
  const service = services.find((other) => nameOf(other) === name);
  const ports = portsOf(container, service ?? services[0]);
  const stateful = object.kind === "StatefulSet" ? claimsOf(object) : undefined;
  if (typeof stateful === "string") return no(stateful);
  const kind = stateful !== undefined ? "stateful" : ports.target === undefined ? "worker" : "web";
  if (kind === "stateful" && ports.target === undefined)
    return no("spec.template.spec.containers[0].ports: a stateful service listens on a port");
  if (ports.target !== undefined && ports.target < 1024)
    return no(
      `spec.template.spec.containers[0].ports: ${ports.target} takes root, and pods run without: let the application listen on 1024 or more`,
    );
  const protocol = ports.target === undefined ? undefined : SPEAKS[ports.target];
  if (protocol !== undefined && !asksByHttp(container))
    return no(
      `spec.template.spec.containers[0].ports: at ${ports.target} answers ${protocol}, and a service's probes ask by HTTP: its pods would never be ready`,
    );
  const probes = probesOf(title, container, kind === "worker" ? "worker" : "web");
  const { resources, notes } = resourcesOf(title, container);
  const scale = scaleOf(object, objects, stateful !== undefined);
  const budgets = objects.filter(
    (other) => isA(other, "policy", "PodDisruptionBudget") && chooses(textsAt(other, "spec", "selector", "matchLabels"), labels),
  );
  const grace = numberAt(pod, "terminationGracePeriodSeconds") ?? 30;
  const own = selector["app.kubernetes.io/name"] === name && Object.keys(selector).length === 1;
  const adopted = {
    ...(own ? {} : { selector }),
    ...(ports.others.length > 0 ? { ports: ports.others } : {}),
    ...(stateful === undefined ? {} : { serviceName: textAt(object, "spec", "serviceName") ?? name, claims: stateful.claims }),
    ...(scale.autoscaler === undefined || scale.autoscaler === name ? {} : { autoscaler: scale.autoscaler }),
    ...(budgets[0] === undefined || nameOf(budgets[0]) === name ? {} : { disruptionBudget: nameOf(budgets[0]) }),
  };
  const strategy = textAt(object, "spec", "strategy", "type");
  const takes = [object, ...(service ? [service] : []), ...budgets.slice(0, 1), ...scale.objects].map(titleOf);
  return {
    candidate: {
      object,
      name,
      kind,
      ...(ports.target === undefined ? {} : { port: ports.target }),
      image,
      declared: {
        ...(Array.isArray(container.command) ? { command: container.command } : {}),
        ...(Array.isArray(container.args) ? { args: container.args } : {}),
        probes: probes.probes,
        ...(probes.boot ? { boot: probes.boot } : {}),
        ...timesOf(object, grace, drainOf(container)),
        ...(stateful === undefined ? {} : { volumes: stateful.volumes, singleWriter: false }),
      },
      placed: { ...scale.settings, resources, ...(Object.keys(adopted).length === 0 ? {} : { adopted }) },
      ...(stateful?.storageClass === undefined ? {} : { storageClass: stateful.storageClass }),
      takes,
      notes: [
        ...(image.reference.includes("@")
          ? []
          : [
              {
                object: title,
                field: "spec.template.spec.containers[0].image",
                why: "no pod says its digest: put it behind the tag (release.images), for a tag can lead elsewhere tomorrow",
              },
            ]),
        ...lost(title, template, name),
        ...notes,
        ...probes.notes,
        ...scale.notes,
        ...(service === undefined ? [] : serviceNotes(service, ports)),
        ...(strategy === "Recreate"
          ? [
              {
                object: title,
                field: "spec.strategy.type",
                why: "Recreate becomes RollingUpdate: two versions run side by side for a moment",
              },
            ]
          : []),
      ],
    },
  };
}

/** Registered ports of what databases and brokers speak (IANA's list, and their own documentation where they are not on it). */
const SPEAKS: Readonly<Record<number, string>> = {
  3306: "MySQL",
  5432: "PostgreSQL",
  5672: "AMQP",
  6379: "Redis",
  9092: "Kafka",
  11211: "memcached",
  27017: "MongoDB",
};

const asksByHttp = (container: Json): boolean =>
  ["readinessProbe", "livenessProbe", "startupProbe"].some((probe) => mapAt(container, probe).httpGet !== undefined);

/** How long its pods take to start, to count and to stop. */
function timesOf(object: Json, grace: number, drain: number | undefined): Json {
  const settle = numberAt(object, "spec", "minReadySeconds") ?? 0;
  const progress = numberAt(object, "spec", "progressDeadlineSeconds") ?? 600;
  return {
    ...(drain === undefined || drain < 1 ? {} : { drain: `${drain}s` }),
    ...(grace > (drain ?? 10) ? { grace: `${grace}s` } : {}),
    ...(settle > 0 ? { settle: `${settle}s` } : {}),
    ...(progress === 600 || progress <= (settle || 10) ? {} : { progress: `${progress}s` }),
  };
}

interface Ports {
  readonly target: number | undefined;
  /** At which the Service answers beside 80, all leading to `target`. */
  readonly others: readonly number[];
  readonly dropped: readonly number[];
}

function portsOf(container: Json, service: Json | undefined): Ports {
  const declared = listAt(container, "ports");
  const resolve = (port: unknown) =>
    typeof port === "number"
      ? port
      : numberAt(
          declared.find(({ name }) => name === port),
          "containerPort",
        );
  const of = (port: Json) => resolve(port.targetPort ?? port.port) ?? numberAt(port, "port");
  const served = listAt(service, "spec", "ports");
  const target =
    served[0] === undefined ? numberAt(declared.find(({ name }) => name === "http") ?? declared[0], "containerPort") : of(served[0]);
  const split = (same: boolean) => served.filter((port) => (of(port) === target) === same).flatMap((port) => numberAt(port, "port") ?? []);
  return { target, others: split(true).filter((port) => port !== 80), dropped: split(false) };
}

function serviceNotes(service: Json, { dropped }: Ports): Note[] {
  const title = titleOf(service);
  const type = textAt(service, "spec", "type") ?? "ClusterIP";
  return [
    ...(type === "ClusterIP"
      ? []
      : [
          {
            object: title,
            field: "spec.type",
            why: `${type} becomes ClusterIP, and its outside address goes: lead traffic through the Gateway first`,
          },
        ]),
    ...dropped.map((port) => ({
      object: title,
      field: "spec.ports",
      why: `${port} leads to another port of the pods: a service has one, so it goes`,
    })),
  ];
}
