import { colourName } from "../../components/strategy/colours.ts";
import type { Colour } from "../../components/strategy/strategy.schema.ts";
import { clientOf } from "../cluster-client.ts";
import type { ClusterTarget } from "../live.ts";
import { sleep } from "../sleep.ts";
import type { PlannedStep } from "./plan.ts";

/** How long the autoscaler may take to bring a new colour to its size. */
const PATIENCE_MS = 5 * 60_000;
const LOOK_MS = 500;

/** Asks how many replicas the services of a namespace run right now: an autoscaler's number stands nowhere else. */
export async function countReplicas(
  target: ClusterTarget | undefined,
  namespace: string,
): Promise<(service: string, colour: Colour) => number | undefined> {
  if (target === undefined) return () => undefined;
  const counts = await read(target, namespace).catch(() => new Map<string, Count>());
  return (service, colour) => counts.get(colourName(service, colour))?.wanted;
}

/** Waits until new colours are as large as they must be. Returns what is missing when that takes too long, or undefined. */
export async function sized(
  target: ClusterTarget | undefined,
  namespace: string,
  wanted: PlannedStep["sized"],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (target === undefined || wanted.length === 0) return undefined;
  const until = Date.now() + PATIENCE_MS;
  let missing = "";
  while (Date.now() < until && !signal.aborted) {
    const counts = await read(target, namespace).catch(() => undefined);
    const short = wanted.filter(({ service, colour, replicas }) => (counts?.get(colourName(service, colour))?.ready ?? 0) < replicas);
    if (counts !== undefined && short.length === 0) return undefined;
    missing = short
      .map(
        ({ service, colour, replicas }) =>
          `${service}: ${counts?.get(colourName(service, colour))?.ready ?? "?"} of ${replicas} ${colour} replicas are ready`,
      )
      .join("; ");
    await sleep(LOOK_MS, signal);
  }
  return signal.aborted ? undefined : `${missing}, as many as the colour that serves has`;
}

interface Count {
  readonly wanted: number;
  readonly ready: number;
}

async function read(target: ClusterTarget, namespace: string): Promise<Map<string, Count>> {
  const { k8s, config } = await clientOf(target);
  const { items } = await config.makeApiClient(k8s.AppsV1Api).listNamespacedDeployment({ namespace });
  return new Map(
    items.map(({ metadata, spec, status }) => [metadata?.name ?? "", { wanted: spec?.replicas ?? 1, ready: status?.readyReplicas ?? 0 }]),
  );
}
