import { judgeJob } from "../../../readiness/job.ts";
import type { Provider } from "../../engine/provider.ts";
import { isAnnotated, REPLACE_UNREADY } from "./annotations.ts";
import type { Client } from "./api/client.ts";
import { check } from "./check.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { ProviderOptions } from "./config.ts";
import { createObject } from "./create.ts";
import { deleteObject } from "./delete.ts";
import { diff, mustFreeItsName } from "./diff.ts";
import { findObject } from "./find.ts";
import { type Gvk, gvkOf } from "./gvk.ts";
import { readObject } from "./read.ts";
import { isKnownGroup, isNamespacedByTable } from "./scope.ts";
import { updateObject } from "./update.ts";

/** What every call of this provider shares. */
export interface Session {
  options: ProviderOptions;
  /** Made when it is first needed: a preview without changes asks the cluster nothing. */
  client(): Promise<Client>;
}

interface ClusterTarget {
  kubeconfig: string;
  context?: string;
  answerMs?: number;
}

/** The provider on a cluster. */
export function clusterProvider(target: ClusterTarget, options: ProviderOptions): Provider {
  let made: Promise<Client> | undefined;
  const client = (): Promise<Client> => {
    made ??= connect(target);
    return made;
  };
  const session: Session = { options, client };
  const isNamespaced = async (gvk: Gvk, signal: AbortSignal): Promise<boolean> => {
    if (isKnownGroup(gvk)) return isNamespacedByTable(gvk);
    try {
      return (await (await client()).resourceOf(gvk, signal)).namespaced;
    } catch {
      return true; // its definition may come with this very run: namespaced, as most are
    }
  };
  return {
    check: (request) => check(request, { defaultNamespace: options.namespace, isNamespaced: (gvk) => isNamespaced(gvk, request.signal) }),
    diff: async (request) => {
      const gvk = gvkOf(request.newInputs, request.type);
      const namespaced = gvk === undefined || (await isNamespaced(gvk, request.signal));
      const found = diff(request, { ...options, isNamespaced: namespaced });
      if (!isAnnotated(request.newInputs, REPLACE_UNREADY)) return found;
      if (gvk?.kind !== "Job") {
        request.log("warning", `the annotation ${REPLACE_UNREADY} has an effect on Jobs only`);
        return found;
      }
      const { live: recorded } = parseCheckpoint(request.oldOutputs);
      const api = await client();
      const live = await api.get(await api.placeOf(recorded, gvk, request.signal), request.signal);
      if (live === undefined || judgeJob({ object: live, pods: [], replicaSets: [], events: [] }).ready) return found;
      const replaces = [...found.replaces, `.metadata.annotations["${REPLACE_UNREADY}"]`];
      return { ...found, changes: true, replaces, deleteBeforeReplace: mustFreeItsName(request.newInputs, recorded, namespaced) };
    },
    create: (request) => createObject(session, request),
    update: (request) => updateObject(session, request),
    find: (request) => findObject(session, request),
    read: (request) => readObject(session, request),
    delete: (request) => deleteObject(session, request),
    close: async () => {
      await (await made?.catch(() => undefined))?.connection.close();
    },
  };
}

async function connect({ kubeconfig, context, answerMs }: ClusterTarget): Promise<Client> {
  const [{ Client }, { Connection }] = await Promise.all([import("./api/client.ts"), import("./api/connection.ts")]);
  return new Client(new Connection(kubeconfig, context, answerMs));
}
