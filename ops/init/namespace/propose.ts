import type { Json } from "../../report/diff.ts";
import { chooses, isA, listAt, mapAt, type Note, nameOf, textAt, textsAt, titleOf } from "./objects.ts";
import type { Found } from "./read.ts";
import { outsideOf } from "./routes.ts";
import { addTo, noSets, type Sets } from "./sets.ts";
import { sourcesOf, variablesOf } from "./variables.ts";
import { type Candidate, judge } from "./workloads.ts";

/** What a namespace's objects say as settings of one environment, and what they cannot say. */
export interface Proposal {
  readonly namespace: string;
  readonly services: readonly Json[];
  readonly sets: Sets;
  /** Secret key of the database's URL, where one was found. */
  readonly database?: string;
  /** Parts of `environment`. */
  readonly environment: Json;
  readonly images: Readonly<Record<string, string>>;
  readonly version: string;
  /** Titles of the objects that go on under these settings. */
  readonly takes: readonly string[];
  /** What the settings cannot say. */
  readonly notes: readonly Note[];
  /** Objects that stay beside, untouched. */
  readonly beside: readonly Note[];
  /** Nothing limits who talks to whom so far. */
  readonly isOpen: boolean;
}

export function propose({ namespace, objects }: Found): Proposal {
  const sources = sourcesOf(objects);
  const sets = noSets();
  const notes: Note[] = [];
  const beside: Note[] = [];
  const candidates: (Candidate & { config: string[]; secrets: string[] })[] = [];
  const running = (labels: Json) => runningImage(objects, labels);
  for (const object of objects.filter((one) => isA(one, "apps", "Deployment") || isA(one, "apps", "StatefulSet"))) {
    const judged = judge(object, objects, running);
    if ("why" in judged) {
      beside.push({ object: titleOf(object), why: judged.why });
      continue;
    }
    const { candidate } = judged;
    const pod = mapAt(object, "spec", "template", "spec");
    const { variables, notes: said } = variablesOf(candidate.name, titleOf(object), pod, listAt(pod, "containers")[0]!, sources);
    const read = addTo(sets, candidate.name, variables);
    if (read.fault !== undefined) beside.push({ object: titleOf(object), why: read.fault });
    else {
      candidates.push({ ...candidate, ...read });
      notes.push(...candidate.notes, ...said);
    }
  }
  const serviceOf = (service: string) => serviceBehind(service, objects, candidates);
  const outside = outsideOf(objects, namespace, serviceOf);
  const hosts = [...new Set([...outside.reached.values()].map(({ host }) => host))];
  const takes = new Set([...candidates.flatMap((one) => one.takes), ...outside.takes]);
  const names = new Set(candidates.map(({ name }) => name));
  const database = [...sets.secretValues].find(([, value]) => /^postgres(ql)?:\/\//.test(value))?.[0];
  const classes = new Set(candidates.flatMap(({ storageClass }) => storageClass ?? []));
  return {
    namespace,
    services: candidates.map((one) => serviceSettings(one, outside.reached.get(one.name)?.path, callsOf(one, sets, names))),
    sets,
    ...(database === undefined ? {} : { database }),
    environment: {
      ...(hosts[0] === undefined ? {} : { host: hosts[0] }),
      ...(outside.gateway === undefined ? {} : { gateway: outside.gateway }),
      ...(classes.size === 1 ? { storageClass: [...classes][0] } : {}),
      services: Object.fromEntries(candidates.map((one) => [one.name, placedOf(one, outside.reached.get(one.name), hosts[0])])),
      ...(Object.keys(sets.values).length === 0 ? {} : { config: sets.values }),
    },
    images: Object.fromEntries(candidates.map(({ name, image }) => [name, image.reference])),
    version: versionOf(candidates),
    takes: [...takes],
    notes: [...notes, ...outside.notes],
    beside: [...beside, ...remaining(objects, takes, new Set(beside.map(({ object }) => object)), sets)],
    isOpen: !objects.some((one) => isA(one, "networking.k8s.io", "NetworkPolicy")),
  };
}

const serviceSettings = (one: Candidate & { config: string[]; secrets: string[] }, path: string | undefined, calls: string[]): Json => ({
  name: one.name,
  kind: one.kind,
  image: one.image.repository,
  ...(one.port === undefined ? {} : { port: one.port }),
  ...one.declared,
  ...(path === undefined || one.kind === "worker" ? {} : { route: { path } }),
  ...(one.config.length > 0 ? { config: one.config } : {}),
  ...(one.secrets.length > 0 ? { secrets: one.secrets } : {}),
  ...(calls.length > 0 ? { calls } : {}),
  egress: [{ port: 443 }],
});

function placedOf(one: Candidate, reached: { host: string; route?: string } | undefined, first: string | undefined): Json {
  const route = reached?.route === undefined || reached.route === one.name || one.kind === "worker" ? {} : { route: reached.route };
  const adopted = { ...mapAt(one.placed, "adopted"), ...route };
  const { adopted: _, ...placed } = one.placed;
  return {
    ...placed,
    ...(reached === undefined || reached.host === first ? {} : { host: reached.host }),
    ...(Object.keys(adopted).length === 0 ? {} : { adopted }),
  };
}

/** Services whose names its configuration speaks of as hosts: `http://api:8080`, `api.shop.svc`. */
function callsOf(one: { name: string; config: string[]; secrets: string[] }, sets: Sets, names: ReadonlySet<string>): string[] {
  const config = one.config.flatMap((set) => Object.values(sets.values[set] ?? {}));
  const secrets = one.secrets.flatMap((set) =>
    Object.keys(sets.secrets[set]?.keys ?? {}).flatMap((key) => sets.secretValues.get(key) ?? []),
  );
  const said = [...config, ...secrets];
  return [...names].filter((name) => name !== one.name && said.some((text) => new RegExp(`(//|@|^)${name}([.:/]|$)`).test(text))).sort();
}

function serviceBehind(service: string, objects: readonly Json[], candidates: readonly Candidate[]): string | undefined {
  const found = objects.find((one) => isA(one, "", "Service") && nameOf(one) === service);
  const selector = textsAt(found, "spec", "selector");
  return candidates.find(
    ({ object, kind }) => kind !== "worker" && chooses(selector, textsAt(object, "spec", "template", "metadata", "labels")),
  )?.name;
}

/** What the first running pod with these labels says that it runs. */
function runningImage(objects: readonly Json[], labels: Json): string | undefined {
  const pod = objects.find((one) => isA(one, "", "Pod") && chooses(labels, textsAt(one, "metadata", "labels")));
  return textAt(pod, "status", "containerStatuses", 0, "imageID");
}

/** The version that all images say, if they say one. */
function versionOf(candidates: readonly Candidate[]): string {
  const said = new Set(candidates.map(({ image }) => /:v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(@|$)/.exec(image.reference)?.[1]));
  const [version] = [...said];
  return said.size === 1 && version !== undefined ? version : "0.0.0";
}

/** What goes on beside the project. Secrets by name and keys alone. */
function remaining(objects: readonly Json[], takes: ReadonlySet<string>, said: ReadonlySet<string>, sets: Sets): Note[] {
  const claims = objects
    .filter((one) => isA(one, "apps", "StatefulSet"))
    .flatMap((set) => listAt(set, "spec", "volumeClaimTemplates").map((claim) => `${nameOf(claim)}-${nameOf(set)}-`));
  return objects.flatMap((object): Note[] => {
    const title = titleOf(object);
    const is = (kind: string) => object.kind === kind;
    if (takes.has(title) || said.has(title) || is("Namespace") || (is("Pod") && listAt(object, "metadata", "ownerReferences").length > 0))
      return [];
    const name = nameOf(object);
    if (is("PersistentVolumeClaim") && claims.some((prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))))
      return [{ object: title, why: "belongs to a StatefulSet, which goes on using it" }];
    if (is("ConfigMap") || is("Secret")) {
      const known = is("ConfigMap") ? sets.values : sets.secrets;
      const isRead = Object.hasOwn(known, name) || Object.hasOwn(sets.secrets, `${name}-secrets`);
      return [
        {
          object: title,
          why: isRead
            ? "its values are settings now; a version of its own is made beside it, and nothing reads this one then"
            : "no service reads it",
        },
      ];
    }
    return [{ object: title, why: WHY[String(object.kind)] ?? "settings have no word for it" }];
  });
}

const WHY: Readonly<Record<string, string>> = {
  Service: "no service of the project bears its name; it still leads to the pods with its labels",
  ResourceQuota: "counts beside the environment's own: both must leave room",
  LimitRange: "holds beside the environment's own",
  NetworkPolicy: "holds beside the environment's own: what it lets through stays open",
  CronJob: "a service has none: it goes on by itself, and has to pass the restricted Pod Security standard",
  HorizontalPodAutoscaler: "scales nothing of the project",
  PodDisruptionBudget: "covers no service of the project",
  HTTPRoute: "leads to no service of the project",
  ServiceAccount: "pods of services have accounts of their own",
  PersistentVolumeClaim: "no service mounts it",
};
