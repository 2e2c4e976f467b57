import { uidOf } from "../../../../readiness/object.ts";
import { isMap, type PropertyMap } from "../../../engine/values.ts";
import { nameOf } from "../annotations.ts";
import type { Client } from "../api/client.ts";

const EVENTS = { plural: "events", kind: "Event", namespaced: true, apiVersion: "v1" };
const MOST = 5;

/** What the cluster warned of about these objects: failed mounts and probes show up nowhere else. */
export async function warningsAbout(
  client: Client,
  namespace: string | undefined,
  objects: readonly PropertyMap[],
  signal: AbortSignal,
): Promise<string[]> {
  if (namespace === undefined) return [];
  let events: PropertyMap[];
  try {
    const { items } = await client.list(EVENTS, namespace, { fieldSelector: "type=Warning" }, signal);
    events = Array.isArray(items) ? items.filter(isMap) : [];
  } catch {
    return []; // only more detail to a failure that is reported anyway
  }
  const names = new Map(objects.map((object) => [uidOf(object), nameOf(object) ?? "?"]));
  const lines = events.flatMap((event) => {
    const about = isMap(event.involvedObject) ? event.involvedObject : {};
    const name = names.get(String(about.uid));
    return name === undefined ? [] : [`${String(about.kind)} ${name}: ${String(event.reason)}: ${String(event.message ?? "").trim()}`];
  });
  return [...new Set(lines)].slice(-MOST);
}
