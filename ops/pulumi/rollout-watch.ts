import { setTimeout as pause } from "node:timers/promises";
import { gracesOf } from "../../readiness/graces.ts";
import { isObject, type KubeObject, metadataOf, uidOf } from "../../readiness/object.ts";
import { judge } from "../../readiness/verdict.ts";
import { podSelector, WORKLOADS } from "../../readiness/workloads.ts";
import type { EngineEvent } from "../engine.ts";
import { matches } from "./selector-match.ts";

/** What a namespace's workloads are now. */
export interface Sight {
  readonly workloads: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
  readonly replicaSets: readonly KubeObject[];
  readonly events: readonly KubeObject[];
}
export type Look = (namespace: string) => Promise<Sight>;

export interface RolloutReports {
  /** The cluster reports something that may still mend itself. */
  reported(urn: string, message: string): void;
  /** What waiting cannot mend, or has outlasted its grace. */
  failed(urn: string, messages: readonly string[]): void;
  /** The cluster cannot be asked: failures are then seen when the CLI's own timeouts end. */
  blind(reason: string): void;
}

interface Watched {
  readonly urn: string;
  readonly key: string;
  readonly namespace: string;
  firstSeen: ReadonlyMap<string, number>;
}

const EVERY_MS = 500;

/**
 * Looks at the cluster beside a run of the CLI, which waits for its own timeout when an image cannot be pulled. Judges only workloads that
 * the run is waiting for, and only what it made of them: an object that is as it was before the run is not judged.
 */
export class RolloutWatch {
  readonly #look: Look;
  readonly #reports: RolloutReports;
  readonly #every: number;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, Watched>();
  /** uid to generation, and the events that were there, before the run. */
  readonly #before = new Map<string, number>();
  readonly #oldEvents = new Set<string>();
  #round: Promise<void> | undefined;

  constructor(look: Look, reports: RolloutReports, every: number = EVERY_MS) {
    this.#look = look;
    this.#reports = reports;
    this.#every = every;
  }

  /** Remembers what is there; ends before the run begins. Returns whether the cluster could be asked. */
  async begin(namespaces: readonly string[]): Promise<boolean> {
    try {
      for (const { workloads, events } of await Promise.all(namespaces.map((namespace) => this.#look(namespace)))) {
        for (const object of workloads) this.#before.set(uidOf(object), generationOf(object));
        for (const event of events) this.#oldEvents.add(versionOf(event));
      }
      return true;
    } catch (error) {
      this.#reports.blind(reasonOf(error));
      return false;
    }
  }

  add({ resourcePreEvent, resOutputsEvent, resOpFailedEvent }: EngineEvent): void {
    if (resourcePreEvent) this.#wait(resourcePreEvent.metadata);
    const ended = resOutputsEvent?.metadata ?? resOpFailedEvent?.metadata;
    if (ended) this.#waiting.delete(ended.urn);
  }

  stop(): void {
    this.#stop.abort();
  }

  #wait({ op, urn, new: next }: NonNullable<EngineEvent["resourcePreEvent"]>["metadata"]): void {
    if (!/^(create|update|create-replacement)$/.test(op) || this.#stop.signal.aborted) return;
    const inputs = (next as { inputs?: unknown } | undefined)?.inputs;
    const key = isObject(inputs) ? keyOf(inputs) : undefined;
    if (!isObject(inputs) || key === undefined || metadataOf(inputs).namespace === undefined) return;
    this.#waiting.set(urn, { urn, key, namespace: String(metadataOf(inputs).namespace), firstSeen: new Map() });
    this.#round ??= this.#rounds().finally(() => {
      this.#round = undefined;
    });
  }

  async #rounds(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#stop.signal.aborted) {
      await this.#oneRound().catch(() => {}); // a cluster that does not answer now is asked again
      await pause(this.#every, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
    }
  }

  async #oneRound(): Promise<void> {
    const namespaces = new Set([...this.#waiting.values()].map(({ namespace }) => namespace));
    for (const namespace of namespaces) {
      const sight = await this.#look(namespace);
      for (const watched of [...this.#waiting.values()]) {
        if (watched.namespace === namespace && !this.#stop.signal.aborted) this.#judge(watched, sight);
      }
    }
  }

  #judge(watched: Watched, { workloads, pods, replicaSets, events }: Sight): void {
    const object = workloads.find((candidate) => keyOf(candidate) === watched.key);
    if (object === undefined) return;
    const before = this.#before.get(uidOf(object));
    if (before !== undefined && generationOf(object) <= before) return;
    const selector = podSelector(object) === undefined ? undefined : (object.spec as KubeObject).selector;
    const own = (candidate: KubeObject) => matches(selector, candidate);
    const about = (event: KubeObject) => (event.involvedObject as KubeObject | undefined)?.uid === uidOf(object);
    const { faults, ready } = WORKLOADS[kindOf(object)]!.judge({
      object,
      pods: pods.filter(own),
      replicaSets: replicaSets.filter(own),
      events: events.filter((event) => about(event) && !this.#oldEvents.has(versionOf(event))),
    });
    if (ready) return;
    const judged = judge(faults, watched.firstSeen, Date.now(), gracesOf(object));
    const { kind, metadata } = object as { kind?: unknown; metadata?: { name?: unknown } };
    const what = `${String(kind)} ${watched.namespace}/${String(metadata?.name)}`;
    for (const { key, message } of faults) if (!watched.firstSeen.has(key)) this.#reports.reported(watched.urn, `${what}: ${message}`);
    watched.firstSeen = judged.firstSeen;
    if (judged.failed.length === 0) return;
    this.#waiting.delete(watched.urn);
    this.#reports.failed(
      watched.urn,
      judged.failed.map(({ message }) => `${what}: ${message}`),
    );
  }
}

const kindOf = ({ apiVersion, kind }: KubeObject): string => `${String(apiVersion)}/${String(kind)}`;
const generationOf = (object: KubeObject): number => Number(metadataOf(object).generation ?? 0);
const versionOf = (object: KubeObject): string => `${uidOf(object)}/${String(metadataOf(object).resourceVersion ?? "")}`;

/** Undefined for what runs no pods, or has no name of its own yet. */
function keyOf(object: KubeObject): string | undefined {
  const { name, namespace } = metadataOf(object);
  const kind = kindOf(object);
  return Object.hasOwn(WORKLOADS, kind) && typeof name === "string" ? `${kind}/${String(namespace)}/${name}` : undefined;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 300);

/** Namespaces in which a stack's state holds workloads. */
export function namespacesIn(exported: Readonly<Record<string, unknown>>): string[] {
  const { resources } = (exported.deployment ?? {}) as { resources?: unknown };
  const states = Array.isArray(resources) ? resources.filter(isObject) : [];
  const inputs = states.flatMap((state) => (isObject(state.inputs) && keyOf(state.inputs) !== undefined ? [state.inputs] : []));
  return [
    ...new Set(
      inputs.flatMap((object) => (typeof metadataOf(object).namespace === "string" ? [String(metadataOf(object).namespace)] : [])),
    ),
  ];
}
