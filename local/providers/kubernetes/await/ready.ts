import { setTimeout as sleep } from "node:timers/promises";
import { gracesOf } from "../../../../readiness/graces.ts";
import { type KubeObject, metadataOf, uidOf } from "../../../../readiness/object.ts";
import { unreadyPods } from "../../../../readiness/pods.ts";
import { judge, type Verdict, type View } from "../../../../readiness/verdict.ts";
import { podSelector } from "../../../../readiness/workloads.ts";
import type { PropertyMap } from "../../../engine/values.ts";
import { nameOf, SKIP_AWAIT } from "../annotations.ts";
import type { Client, Place } from "../api/client.ts";
import { Observer } from "../api/observer.ts";
import type { Awaiter } from "./awaiters.ts";
import { warningsAbout } from "./warnings.ts";

export interface AwaitOptions {
  client: Client;
  place: Place;
  /** The object as the call that made or changed it returned it. */
  object: PropertyMap;
  /** Was it there before? Then what was reported before counts for nothing. */
  existed: boolean;
  awaiter: Awaiter;
  timeoutSeconds: number;
  signal: AbortSignal;
  log(severity: "status" | "report" | "info" | "warning", message: string): void;
}

const PODS = { plural: "pods", kind: "Pod", namespaced: true, apiVersion: "v1" };
const REPLICA_SETS = { plural: "replicasets", kind: "ReplicaSet", namespaced: true, apiVersion: "apps/v1" };
const EVENTS = { plural: "events", kind: "Event", namespaced: true, apiVersion: "v1" };
/** Changes come in bursts: judge once a burst. */
const SETTLE_MS = 25;

/**
 * Waits until the object is ready. Returns why it is not: the container's or controller's own reason first; an empty list means
 * ready. Ends at once on a fault that waiting cannot mend, on an abort, and at the deadline.
 */
export async function awaitReady(options: AwaitOptions): Promise<string[]> {
  const { client, place, object, awaiter, signal } = options;
  const stop = new AbortController();
  const bothSignals = AbortSignal.any([signal, stop.signal]);
  let wake = (): void => {};
  const onChange = (): void => wake();
  const observe = (resource: typeof PODS, selectors: { labelSelector?: string; fieldSelector?: string }): Observer =>
    new Observer(client, { resource, namespace: place.namespace, ...selectors, signal: bothSignals, onChange });
  const self = observe(place.resource, { fieldSelector: `metadata.name=${place.name}` });
  const labelSelector = podSelector(object);
  const related = {
    pods: awaiter.watches.includes("pods") && labelSelector ? observe(PODS, { labelSelector }) : undefined,
    replicaSets: awaiter.watches.includes("replicaSets") && labelSelector ? observe(REPLICA_SETS, { labelSelector }) : undefined,
    events: awaiter.watches.includes("events") ? observe(EVENTS, { fieldSelector: `involvedObject.uid=${uidOf(object)}` }) : undefined,
  };
  const observers = [self, ...Object.values(related).filter((observer) => observer !== undefined)];
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort);
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  const graces = gracesOf(object);
  const oldEvents = new Set<string>();
  let firstSeen = new Map<string, number>();
  let synced = false;
  let verdict: Verdict = { ready: false, progress: "waiting for the first report", faults: [] };
  let view: View = { object, pods: [], replicaSets: [], events: [] };
  try {
    for (;;) {
      if (signal.aborted) return [`cancelled while waiting: ${verdict.progress}`];
      let recheckAt: number | undefined;
      if (observers.every((observer) => observer.synced)) {
        const live = self.objects[0];
        if (self.denied) return [mayNotWatch(place)];
        if (live === undefined || uidOf(live) !== uidOf(object)) return ["it was deleted while this run waited for it; run it again"];
        const events = related.events?.objects ?? [];
        if (!synced && options.existed) for (const event of events) oldEvents.add(versionOf(event));
        synced = true;
        view = {
          object: live,
          pods: related.pods?.objects ?? [],
          replicaSets: related.replicaSets?.objects ?? [],
          events: events.filter((event) => !oldEvents.has(versionOf(event))),
        };
        const next = awaiter.judge(view);
        if (next.ready) return [];
        if (next.progress !== verdict.progress) options.log("status", next.progress);
        verdict = next;
        await unblock(options, verdict.blockers ?? []);
        const judged = judge(verdict.faults, firstSeen, Date.now(), graces);
        for (const { key, message } of verdict.faults) if (!firstSeen.has(key)) options.log("report", message);
        if (judged.failed.length > 0) return judged.failed.map(({ message }) => message);
        firstSeen = judged.firstSeen;
        recheckAt = judged.recheckAt;
      }
      if (Date.now() >= deadline) return await timedOut(options, view, verdict);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, Math.min(recheckAt ?? deadline, deadline) - Date.now()));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!signal.aborted) await sleep(SETTLE_MS);
    }
  } finally {
    for (const observer of observers) observer.stop();
    stop.abort();
    signal.removeEventListener("abort", onAbort);
  }
}

export const mayNotWatch = ({ resource }: Place): string =>
  `these credentials may not list and watch ${resource.plural}, so nobody can tell what becomes of it: grant that, or set the annotation ${SKIP_AWAIT}: "true"`;

/** Deletes pods that the controller would wait for in vain. */
async function unblock({ client, place, log, signal }: AwaitOptions, blockers: readonly KubeObject[]): Promise<void> {
  for (const pod of blockers) {
    const name = nameOf(pod as PropertyMap) ?? "";
    log("info", `deleting pod ${name}: it is of an abandoned revision and can never get ready, and the controller waits for it`);
    await client.delete({ resource: PODS, namespace: place.namespace, name }, { propagationPolicy: "Background", uid: uidOf(pod) }, signal);
  }
}

/** Time is up: what is known, the most telling first. */
async function timedOut(options: AwaitOptions, view: View, verdict: Verdict): Promise<string[]> {
  const faults = verdict.faults.map(({ message }) => message);
  const unready = faults.length > 0 ? [] : unreadyPods(view.pods);
  const warned = await warningsAbout(options.client, options.place.namespace, [view.object, ...view.pods] as PropertyMap[], options.signal);
  return [...faults, ...unready, ...warned, `not ready after ${options.timeoutSeconds} s: ${verdict.progress}`];
}

const versionOf = (object: KubeObject): string => `${uidOf(object)}/${String(metadataOf(object).resourceVersion ?? "")}`;
