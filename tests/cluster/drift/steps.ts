import type { Json } from "../../../ops/report/diff.ts";
import type { Hand } from "./hand.ts";

export interface Change {
  readonly name: string;
  /** `Kind/name` of the object that must be named, `path` of a field of it, when there is one. */
  readonly where: string;
  readonly path?: string;
  readonly make: (hand: Hand) => Promise<unknown>;
}

export const base64 = (text: string) => Buffer.from(text).toString("base64");
export const pods = (spec: Json) => ({ spec: { template: { spec } } });
export const container = (fields: Json) => pods({ containers: [{ name: "api", ...fields }] });
export const ofApi = "spec.template.spec.containers[api]";
export const edit =
  (kind: string, name: string, body: unknown, manager?: string) =>
  (hand: Hand): Promise<unknown> =>
    hand.edit(kind, name, body, manager);
export const patch =
  (kind: string, name: string, ...operations: unknown[]) =>
  (hand: Hand): Promise<unknown> =>
    hand.patch(kind, name, operations);
export const remove =
  (kind: string, name: string) =>
  (hand: Hand): Promise<unknown> =>
    hand.remove(kind, name);
export const create =
  (kind: string, apiVersion: string, type: string, body: Json) =>
  (hand: Hand): Promise<unknown> =>
    hand.create(kind, { apiVersion, kind: type, metadata: { name: "extra" }, ...body });
/** Deletes an immutable object and makes it anew, as people do who want to change it. */
export const remake = (kind: string, logical: string, data: Json) => async (hand: Hand) => {
  const found = (await hand.list(kind)).find(({ metadata }) => (metadata as { name: string }).name.startsWith(`${logical}-`))!;
  const { name, labels, annotations } = found.metadata as Json;
  await hand.remove(kind, String(name));
  await hand.create(kind, { ...found, metadata: { name, labels, annotations }, data });
};
export const bound = (name: string, kind: string, role: string, hand: Hand) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind,
  metadata: { name },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  subjects: [{ kind: "ServiceAccount", name: "api", namespace: hand.namespace }],
});
export const template = {
  metadata: { labels: { app: "extra" } },
  spec: { containers: [{ name: "x", image: "registry.example.com/x:1" }] },
};
export const job = { template: { spec: { ...template.spec, restartPolicy: "Never" } } };
