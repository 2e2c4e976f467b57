import { type ClusterApi, itemPath, Refused, type Served } from "../drift/cluster-api.ts";
import type { Engine, ImportSpec, RunResult, Step, StepState } from "../engine.ts";
import { isRecord, type Json } from "../report/diff.ts";
import { UserError } from "../user-error.ts";
import { handoverPatch } from "./handover.ts";

/** What the settings declare and is not in the stack's state, and what of it is in the cluster. */
export interface Plan {
  readonly specs: readonly ImportSpec[];
  /** `Deployment web`: taken over. */
  readonly found: readonly string[];
  /** Declared under the name of something that cannot be taken over, and why. */
  readonly refused: readonly string[];
}

/** @param offline a preview that asked no cluster: what is there already would fail one that does */
export async function planOf(offline: RunResult, api: ClusterApi): Promise<Plan> {
  if (offline.result !== "succeeded")
    throw new UserError(
      `The program cannot be run: ${offline.diagnostics.find(({ severity }) => severity === "error")?.message ?? "it failed"}`,
    );
  const steps = offline.steps.filter(({ op }) => op === "create");
  const served = await api.served();
  const kindOf = (step: Step): Served | undefined => {
    const inputs = step.newState?.inputs ?? {};
    return served.find(({ apiVersion, kind }) => apiVersion === inputs.apiVersion && kind === inputs.kind);
  };
  const objects = steps.filter(
    ({ newState }) => newState?.custom === true && newState.type.startsWith("kubernetes:") && !isAutonamed(newState),
  );
  const there = await Promise.all(objects.map(async (step) => ({ step, live: await liveOf(step, kindOf(step), api) })));
  const present = there.filter(({ live }) => live !== undefined).map(({ step }) => step);
  // A Secret's values would have to be compared in clear; the program's own never bear a name that others chose.
  const isTaken = (step: Step) => step.newState?.inputs?.kind !== "Secret";
  const structure = steps.flatMap((step) => (isRecorded(step) ? [recorded(step)] : []));
  return {
    specs: [...structure, ...present.filter(isTaken).map(specOf)],
    found: present.filter(isTaken).map(titleOf),
    refused: present.filter((step) => !isTaken(step)).map((step) => `${titleOf(step)} is there already: delete or rename it before up`),
  };
}

/** Gives what was taken over into the hands of the stack: from then on its next update may remove what others set. */
export async function handOver(engine: Engine, api: ClusterApi): Promise<void> {
  const { deployment } = (await engine.export()) as { deployment?: { resources?: (StepState & { importID?: string })[] } };
  const served = await api.served();
  for (const { id = "", importID, inputs, outputs } of deployment?.resources ?? []) {
    const manager = outputs?.__fieldManager;
    const kind = served.find(({ apiVersion, kind: name }) => apiVersion === inputs?.apiVersion && name === inputs?.kind);
    if (importID === undefined || typeof manager !== "string" || kind === undefined) continue;
    const [name = "", namespace] = id.split("/").reverse();
    for (let tries = 5; tries > 0; tries--) {
      const live = await api.get(kind, namespace, name);
      const body = live && handoverPatch(live, manager, inputs ?? {});
      if (body === undefined) break;
      try {
        await api.call({ method: "PATCH", path: itemPath(kind, namespace, name), body, contentType: "application/json-patch+json" });
        break;
      } catch (error) {
        // 409 and 422: it changed in between, so that its version is another one. Look again.
        if (!(error instanceof Refused) || tries === 1 || (error.code !== 409 && error.code !== 422))
          throw new UserError(
            `${kind.kind} ${id} could not be handed over to the stack: ${(error as Error).message}. The same command goes on.`,
          );
      }
    }
  }
}

async function liveOf(step: Step, kind: Served | undefined, api: ClusterApi): Promise<Json | undefined> {
  if (kind === undefined) return undefined; // its definition is to come
  const { name, namespace } = metadataOf(step);
  return name === undefined ? undefined : api.get(kind, namespace, name);
}

const isAutonamed = ({ inputs }: StepState): boolean => {
  const { annotations } = isRecord(inputs?.metadata) ? inputs.metadata : {};
  return isRecord(annotations) && annotations["pulumi.com/autonamed"] === "true";
};

function metadataOf({ newState }: Step): { name?: string; namespace?: string } {
  const metadata = isRecord(newState?.inputs?.metadata) ? newState.inputs.metadata : {};
  return {
    ...(typeof metadata.name === "string" ? { name: metadata.name } : {}),
    ...(typeof metadata.namespace === "string" ? { namespace: metadata.namespace } : {}),
  };
}

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
const titleOf = (step: Step): string => `${String(step.newState?.inputs?.kind)} ${metadataOf(step).name}`;
const isProvider = (step: Step): boolean => step.newState?.type.startsWith("pulumi:providers:") === true;
const isRecorded = (step: Step): boolean =>
  step.newState?.custom === true ? isProvider(step) : step.newState?.type !== "pulumi:pulumi:Stack";
const placed = ({ newState }: Step) =>
  newState?.parent === undefined || newState.parent.includes("::pulumi:pulumi:Stack::") ? {} : { parent: newState.parent };

const recorded = (step: Step): ImportSpec => ({
  type: step.newState!.type,
  name: nameOf(step.urn),
  id: "",
  ...placed(step),
  ...(isProvider(step) ? { recorded: "provider", inputs: step.newState!.inputs ?? {} } : { recorded: "component" }),
});

function specOf(step: Step): ImportSpec {
  const { name = "", namespace } = metadataOf(step);
  return {
    type: step.newState!.type,
    name: nameOf(step.urn),
    id: namespace === undefined ? name : `${namespace}/${name}`,
    inputs: step.newState!.inputs ?? {},
    ...placed(step),
  };
}
