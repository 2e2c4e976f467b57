import { Host, UrlPath } from "../../../components/primitives.ts";
import type { Json } from "../../report/diff.ts";
import { isA, listAt, mapAt, type Note, nameOf, textAt, titleOf } from "./objects.ts";

/** How the outside reaches a service. */
export interface Reached {
  readonly host: string;
  readonly path: string;
  /** Name of the HTTPRoute that goes on; none where an Ingress led there. */
  readonly route?: string;
}
export interface Outside {
  /** By service. */
  readonly reached: ReadonlyMap<string, Reached>;
  readonly gateway?: { name: string; namespace: string; listener?: string };
  readonly takes: readonly string[];
  readonly notes: readonly Note[];
}

interface Way {
  readonly object: Json;
  readonly hosts: readonly string[];
  readonly path: string;
  readonly backend: string;
  readonly field: string;
}

/** What HTTPRoutes and Ingresses lead to the services; `serviceOf`: the service behind a Service's name. */
export function outsideOf(objects: readonly Json[], namespace: string, serviceOf: (service: string) => string | undefined): Outside {
  const routes = objects.filter((object) => isA(object, "gateway.networking.k8s.io", "HTTPRoute"));
  const ingresses = objects.filter((object) => isA(object, "networking.k8s.io", "Ingress"));
  const notes: Note[] = [];
  const reached = new Map<string, Reached>();
  const taken = new Set<string>();
  for (const way of [...routes.flatMap((route) => waysOfRoute(route, notes)), ...ingresses.flatMap(waysOfIngress)]) {
    const service = serviceOf(way.backend);
    const [host, ...more] = way.hosts;
    const note = (why: string) => notes.push({ object: titleOf(way.object), field: way.field, why });
    if (service === undefined) note(`leads to Service ${way.backend}, which is no service's of the project: it stays as it is`);
    else if (host === undefined || !Host.safeParse(host).success) note(`${host ?? "no host"}: a route needs a host of its own`);
    else if (!UrlPath.safeParse(way.path).success) note(`${way.path} is no plain path`);
    else if (reached.has(service)) note(`${service} has a route already, and a service has one: ${host}${way.path} stays with this object`);
    else {
      const isRoute = way.object.kind === "HTTPRoute" && !taken.has(nameOf(way.object));
      if (isRoute) taken.add(nameOf(way.object));
      reached.set(service, { host, path: way.path, ...(isRoute ? { route: nameOf(way.object) } : {}) });
      if (more.length > 0) note(`answers for ${more.join(", ")} as well: a service has one host`);
      if (!isRoute) note(`${host}${way.path} gets an HTTPRoute at the Gateway beside it: move DNS there, then delete this`);
    }
  }
  const parent = routes.filter((route) => taken.has(nameOf(route))).map((route) => listAt(route, "spec", "parentRefs")[0] ?? {})[0];
  return {
    reached,
    ...(parent === undefined
      ? {}
      : {
          gateway: {
            name: textAt(parent, "name") ?? "public",
            namespace: textAt(parent, "namespace") ?? namespace,
            ...(textAt(parent, "sectionName") === undefined ? {} : { listener: textAt(parent, "sectionName")! }),
          },
        }),
    takes: routes.filter((route) => taken.has(nameOf(route))).map(titleOf),
    notes,
  };
}

function waysOfRoute(object: Json, notes: Note[]): Way[] {
  const hosts = Array.isArray(mapAt(object, "spec").hostnames) ? (mapAt(object, "spec").hostnames as string[]) : [];
  return listAt(object, "spec", "rules").flatMap((rule, i) => {
    const field = `spec.rules[${i}]`;
    if (listAt(rule, "filters").length > 0)
      notes.push({ object: titleOf(object), field: `${field}.filters`, why: "settings have no word for it" });
    const [match, ...others] = listAt(rule, "matches");
    const said = Object.keys(match ?? {}).filter((key) => key !== "path");
    if (said.length > 0 || others.length > 0)
      notes.push({ object: titleOf(object), field: `${field}.matches`, why: "a route is one path of a host" });
    const [backend, ...more] = listAt(rule, "backendRefs");
    if (more.length > 0)
      notes.push({
        object: titleOf(object),
        field: `${field}.backendRefs`,
        why: "shares of traffic are a strategy (environment.services.<name>.strategy)",
      });
    return [{ object, hosts, path: textAt(match, "path", "value") ?? "/", backend: textAt(backend, "name") ?? "", field }];
  });
}

const waysOfIngress = (object: Json): Way[] =>
  listAt(object, "spec", "rules").flatMap((rule, i) =>
    listAt(rule, "http", "paths").map((path, k) => ({
      object,
      hosts: textAt(rule, "host") === undefined ? [] : [textAt(rule, "host")!],
      path: textAt(path, "path") ?? "/",
      backend: textAt(path, "backend", "service", "name") ?? "",
      field: `spec.rules[${i}].http.paths[${k}]`,
    })),
  );
