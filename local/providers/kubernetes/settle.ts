import { ProviderError } from "../../engine/provider.ts";
import { isMap, type PropertyMap, reveal } from "../../engine/values.ts";
import { annotation, isAnnotated, SKIP_AWAIT, TIMEOUT_SECONDS, WAIT_FOR } from "./annotations.ts";
import type { Client, Place } from "./api/client.ts";
import { type Awaiter, awaiterOf, DEFAULT_TIMEOUT_SECONDS } from "./await/awaiters.ts";
import { checkpoint } from "./checkpoint.ts";
import { idOf } from "./gvk.ts";
import { scrub } from "./secrets.ts";

export interface SettleRequest {
  timeoutSeconds: number | undefined;
  signal: AbortSignal;
  log(severity: "status" | "report" | "info" | "warning", message: string): void;
}

/**
 * Waits until a created or updated object is ready and returns what state keeps of it. When it does not become ready: a
 * ProviderError with the reasons, and with the object as it is, for it exists.
 */
export async function settle(
  client: Client,
  place: Place,
  request: SettleRequest,
  made: { inputs: PropertyMap; object: PropertyMap; existed: boolean; fieldManager: string; initialApiVersion: string; what: string },
): Promise<{ id: string; outputs: PropertyMap }> {
  const { inputs, object, existed, what } = made;
  const awaiter = await chooseAwaiter(client, inputs, object, request.signal);
  const reasons =
    awaiter === undefined
      ? []
      : await (await import("./await/ready.ts")).awaitReady({
          client,
          place,
          object,
          existed,
          awaiter,
          timeoutSeconds: timeoutOf(request, inputs, awaiter),
          signal: request.signal,
          log: (severity, message) => request.log(severity, `${what}: ${message}`),
        });
  // Also after an abort state must say what is there; a last look may fail, and then the answer of the call itself stands.
  const live = awaiter === undefined ? object : ((await client.get(place, AbortSignal.timeout(5000)).catch(() => undefined)) ?? object);
  const id = idOf(place.namespace, place.name);
  const outputs = checkpoint({ inputs, live, fieldManager: made.fieldManager, initialApiVersion: made.initialApiVersion });
  if (reasons.length === 0) return { id, outputs };
  const told = reasons.map((reason) => scrub(`${what}: ${reason}`, inputs));
  throw new ProviderError(told.join("\n"), { reasons: told, partial: { id, outputs } });
}

/** customTimeouts, then the annotation, then the kind's default, then 10 minutes. */
export function timeoutOf(request: { timeoutSeconds: number | undefined }, inputs: PropertyMap, awaiter?: Awaiter): number {
  const annotated = Number.parseInt(annotation(inputs, TIMEOUT_SECONDS) ?? "", 10);
  return request.timeoutSeconds || (annotated > 0 ? annotated : undefined) || awaiter?.defaultTimeoutSeconds || DEFAULT_TIMEOUT_SECONDS;
}

async function chooseAwaiter(client: Client, inputs: PropertyMap, object: PropertyMap, signal: AbortSignal): Promise<Awaiter | undefined> {
  if (isAnnotated(inputs, SKIP_AWAIT)) return undefined;
  const waitFor = annotation(inputs, WAIT_FOR);
  if (waitFor !== undefined) return (await import("./await/wait-for.ts")).waitForAwaiter(waitFor);
  const awaiter = awaiterOf(object);
  if (awaiter === undefined || awaiter.judge({ object, pods: [], replicaSets: [], events: [] }).ready) return undefined;
  return object.kind === "PersistentVolumeClaim" && (await isLeftToItsConsumer(client, object, signal)) ? undefined : awaiter;
}

/** A claim of a class that binds on first use stays Pending until a pod mounts it. */
async function isLeftToItsConsumer(client: Client, claim: PropertyMap, signal: AbortSignal): Promise<boolean> {
  const spec = isMap(claim.spec) ? claim.spec : {};
  if (typeof spec.storageClassName !== "string" || spec.storageClassName === "") return false;
  const resource = { plural: "storageclasses", kind: "StorageClass", namespaced: false, apiVersion: "storage.k8s.io/v1" };
  const found = await client.get({ resource, namespace: undefined, name: spec.storageClassName }, signal).catch(() => undefined);
  return found !== undefined && reveal(found.volumeBindingMode ?? null) === "WaitForFirstConsumer";
}
